import { boolean, conditional, httpProtocols, number, record, set, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { jwtSecrets } from "./credential.ts";

export const config = record(
  {
    uri_param_names: set(string(), {
      default: ["jwt"],
      doc: "Query arguments in which a token is looked for.",
    }),
    cookie_names: set(string(), { default: [], doc: "Cookies in which a token is looked for." }),
    key_claim_name: string({
      default: "iss",
      doc: "The claim (or header member) that names the credential's key.",
    }),
    secret_is_base64: boolean({
      required: true,
      default: false,
      doc: "Secrets are kept in base64url.",
    }),
    claims_to_verify: set(string({ one_of: ["exp", "nbf"] }), {
      doc: "Times that a token has to tell and to meet.",
    }),
    anonymous: string({
      doc: "Id or username of the consumer that stands in when authentication fails. Without it such requests are refused.",
    }),
    run_on_preflight: boolean({
      required: true,
      default: true,
      doc: "Authenticate OPTIONS requests too; false lets them pass.",
    }),
    maximum_expiration: number({
      default: 0,
      between: [0, 31_536_000],
      doc: "Seconds from now that `exp` may lie in the future at most; 0 for no limit.",
    }),
    header_names: set(string(), {
      default: ["authorization"],
      doc: "Headers in which a token is looked for.",
    }),
    realm: string({ doc: "The realm told in WWW-Authenticate when a request is refused." }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "jwt",
  entities: [jwtSecrets],
  priority: 1450,

  config,
  protocols: httpProtocols,
  noConsumer: true,
  checks: [
    conditional({
      if_field: "config.maximum_expiration",
      if_match: { gt: 0 },
      then_field: "config.claims_to_verify",
      then_match: { contains: "exp" },
    }),
  ],
} satisfies PluginDeclaration;
