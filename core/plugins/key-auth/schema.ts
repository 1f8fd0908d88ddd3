import { array, boolean, headerName, httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { keyauthCredentials } from "./credential.ts";

export const config = record(
  {
    key_names: array(headerName(), {
      required: true,
      default: ["apikey"],
      doc: "Names under which a key is looked for, the first one found counts. Each is tried as a header, as a query parameter and, when allowed, as a field of the body.",
    }),
    hide_credentials: boolean({
      required: true,
      default: false,
      doc: "Remove the key from the request before it goes upstream.",
    }),
    anonymous: string({
      doc: "Id or username of the consumer that stands in when authentication fails. Without it such requests are refused.",
    }),
    key_in_header: boolean({ required: true, default: true, doc: "Look for the key in headers." }),
    key_in_query: boolean({ required: true, default: true, doc: "Look for the key in the query string." }),
    key_in_body: boolean({
      required: true,
      default: false,
      doc: "Look for the key in the body: form, JSON or multipart.",
    }),
    run_on_preflight: boolean({
      required: true,
      default: true,
      doc: "Authenticate OPTIONS requests too; false lets them pass.",
    }),
    realm: string({ doc: "The realm told in WWW-Authenticate when a request is refused." }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "key-auth",
  entities: [keyauthCredentials],
  priority: 1250,
  config,
  protocols: httpProtocols,
  noConsumer: true,
} satisfies PluginDeclaration;
