import {
  array,
  boolean,
  conditional,
  httpProtocols,
  number,
  record,
  string,
  ttl,
} from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { oauth2AuthorizationCodes, oauth2Credentials, oauth2Tokens } from "./entities.ts";

const off = (doc: string) => boolean({ required: true, default: false, doc });

const grants = [
  "enable_authorization_code",
  "enable_implicit_grant",
  "enable_client_credentials",
  "enable_password_grant",
] as const;

export const config = record(
  {
    scopes: array(string(), { doc: "Scopes that clients may ask for." }),
    mandatory_scope: off("Whether a client has to ask for a scope; then `scopes` has to be set."),
    provision_key: string({
      required: true,
      unique: true,
      auto: true,
      encrypted: true,
      doc: "What the application that speaks for users shows; 32 random characters when absent.",
    }),
    token_expiration: number({
      required: true,
      default: 7200,
      doc: "Seconds that an access token is good for; 0 for ever, without a refresh token then.",
    }),
    enable_authorization_code: off("Allow the authorization code grant (RFC 6749 §4.1)."),
    enable_implicit_grant: off("Allow the implicit grant (RFC 6749 §4.2)."),
    enable_client_credentials: off("Allow the client credentials grant (RFC 6749 §4.4)."),
    enable_password_grant: off("Allow the resource owner's password grant (RFC 6749 §4.3)."),
    hide_credentials: off("Remove the token from the request before it goes upstream."),
    accept_http_if_already_terminated: off(
      "Believe `X-Forwarded-Proto: https` of trusted peers (`trusted_ips`).",
    ),
    anonymous: string({
      doc: "Id or username of the consumer that stands in when authentication fails. Without it such requests are refused.",
    }),
    global_credentials: off("Tokens are good for every service whose oauth2 plugin has this set."),
    auth_header_name: string({ default: "authorization", doc: "The header that carries the token." }),
    refresh_token_ttl: ttl({
      required: true,
      default: 1_209_600,
      doc: "Seconds after which a token and its refresh token are deleted; 0 for never.",
    }),
    reuse_refresh_token: off("Keep the refresh token when a token is refreshed."),
    pkce: string({
      default: "lax",
      one_of: ["none", "lax", "strict"],
      doc: "Who has to prove the possession of a code (RFC 7636): nobody, public clients, or all.",
    }),
    realm: string({ doc: "The realm told in WWW-Authenticate when a request is refused." }),
  },
  {
    required: true,
    checks: [
      conditional({
        if_field: "mandatory_scope",
        if_match: { eq: true },
        then_field: "scopes",
        then_match: { required: true },
      }),
    ],
    check: (row) =>
      grants.some((grant) => row[grant])
        ? undefined
        : `at least one of these fields must be true: ${grants.join(", ")}`,
  },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "oauth2",
  entities: [oauth2Credentials, oauth2AuthorizationCodes, oauth2Tokens],
  priority: 1400,
  needs: () => "writes",
  config,
  protocols: httpProtocols,
  noConsumer: true,
} satisfies PluginDeclaration;
