import { array, boolean, httpProtocols, number, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { hmacauthCredentials } from "./credential.ts";

const algorithms = ["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"] as const;

export const config = record(
  {
    hide_credentials: boolean({
      required: true,
      default: false,
      doc: "Remove the credentials from the request before it goes upstream.",
    }),
    clock_skew: number({
      default: 300,
      gt: 0,
      doc: "Seconds that a request's date may differ from the gateway's clock.",
    }),
    anonymous: string({
      doc: "Id or username of the consumer that stands in when authentication fails. Without it such requests are refused.",
    }),
    validate_request_body: boolean({
      required: true,
      default: false,
      doc: "Compare the body with its Digest header.",
    }),
    enforce_headers: array(string(), { default: [], doc: "Headers that have to be signed." }),
    algorithms: array(string({ one_of: algorithms }), {
      default: algorithms,
      doc: "Algorithms that are accepted.",
    }),
    realm: string({ doc: "The realm told in WWW-Authenticate when a request is refused." }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "hmac-auth",
  entities: [hmacauthCredentials],
  priority: 1030,
  config,
  protocols: httpProtocols,
  noConsumer: true,
} satisfies PluginDeclaration;
