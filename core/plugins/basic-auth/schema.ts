import { boolean, httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { basicauthCredentials } from "./credential.ts";

export const config = record(
  {
    anonymous: string({
      doc: "Id or username of the consumer that stands in when authentication fails. Without it such requests are refused.",
    }),
    hide_credentials: boolean({
      required: true,
      default: false,
      doc: "Remove the credentials from the request before it goes upstream.",
    }),
    realm: string({ required: true, default: "service", doc: "The realm told in WWW-Authenticate." }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "basic-auth",
  entities: [basicauthCredentials],
  priority: 1100,
  config,
  protocols: httpProtocols,
  noConsumer: true,
} satisfies PluginDeclaration;
