import {
  boolean,
  conditional,
  host,
  httpProtocols,
  number,
  port,
  record,
  string,
} from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const off = (doc: string) => boolean({ required: true, default: false, doc });

export const config = record(
  {
    ldap_host: host({ required: true, doc: "The LDAP server." }),
    ldap_port: port({ required: true, default: 389, doc: "Its port; 636 for `ldaps`." }),
    ldaps: off("Speak TLS from the first byte."),
    start_tls: off("Change over to TLS by StartTLS."),
    verify_ldap_host: off("Verify the server's certificate."),
    base_dn: string({ required: true, doc: "Where the users are: `ou=people,dc=example,dc=com`." }),
    attribute: string({ required: true, doc: "The attribute that names a user: `uid`." }),
    cache_ttl: number({ required: true, default: 60, doc: "Seconds that the server's answer is kept." }),
    hide_credentials: off("Remove the credentials from the request before it goes upstream."),
    timeout: number({ default: 10_000, doc: "Milliseconds to wait for the server." }),
    keepalive: number({ default: 60_000, doc: "Milliseconds that an idle connection is kept." }),
    anonymous: string({
      doc: "Id or username of the consumer that stands in when authentication fails. Without it such requests are refused.",
    }),
    header_type: string({ default: "ldap", doc: "The scheme of the Authorization field: `basic`, `ldap`." }),
    realm: string({ doc: "The realm told in WWW-Authenticate when a request is refused." }),
  },
  {
    required: true,
    checks: [
      conditional({
        if_field: "ldaps",
        if_match: { eq: true },
        then_field: "start_tls",
        then_match: { eq: false },
        then_err: "'ldaps' and 'start_tls' cannot be enabled simultaneously",
      }),
    ],
  },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "ldap-auth",
  priority: 1200,
  needs: () => "sockets",
  config,
  protocols: httpProtocols,
  noConsumer: true,
} satisfies PluginDeclaration;
