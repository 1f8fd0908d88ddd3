import { toByteString } from "../../http/utf8.ts";
import { fromBase64 } from "../../http/base64.ts";
import { sha256Hex } from "../../http/sha256.ts";
import { Kept } from "../../mlcache/index.ts";
import {
  definePlugin,
  type Exchange,
  type Handled,
  signIn,
  signInAnonymous,
  whenReady,
} from "../../pdk/index.ts";
import type { LdapServer } from "../../ports/ldap.ts";
import { escapeDn } from "./dn.ts";
import { type Config, schema } from "./schema.ts";

const fields = ["proxy-authorization", "authorization"] as const;
const decoder = new TextDecoder();

interface Claim {
  readonly username: string;
  readonly password: string;
}

/** What a field says, if it is of that scheme. A password has at least one character. */
const claimOf = (field: string, scheme: string): Claim | undefined => {
  const [, told = "", rest = ""] = /^\s*(\S+)\s+(.*)$/s.exec(field) ?? [];
  if (told.toLowerCase() !== scheme) return undefined;
  const bytes = fromBase64(rest.trim());
  const [, username, password] = /^(.*?):(.+)$/s.exec(bytes ? decoder.decode(bytes) : "") ?? [];
  return username === undefined || password === undefined ? undefined : { username, password };
};

const serverOf = (config: Config): LdapServer => ({
  host: config.ldap_host,
  port: config.ldap_port,
  security: config.ldaps ? "tls" : config.start_tls ? "starttls" : "none",
  isVerified: config.verify_ldap_host,
  timeoutMs: config.timeout ?? 10_000,
  keepAliveMs: config.keepalive ?? 60_000,
});

/** Asks a directory whether it knows the client. */
export const ldapAuth = definePlugin<Config>({
  ...schema,
  create(config, { directory, cache, ldap }) {
    const server = serverOf(config);
    const { base_dn: base, attribute, cache_ttl: ttl } = config;
    const type = config.header_type ?? "ldap";
    const scheme = type.toLowerCase();
    const name = type === "ldap" ? "LDAP" : type;
    const challenge = config.realm === null ? name : `${name} realm="${toByteString(config.realm)}"`;

    const refuse = (exchange: Exchange): Handled => {
      if (config.anonymous !== null) return signInAnonymous(exchange, directory, config.anonymous);
      exchange.error(401, "Unauthorized", [["WWW-Authenticate", challenge]]);
    };

    /** Neither the password nor what could be tried for it stands in the cache. */
    const keyOf = ({ username, password }: Claim): string =>
      `ldap-auth:${sha256Hex(JSON.stringify([server, base, attribute, ttl, username, password]))}`;

    const accept = (exchange: Exchange, key: string, { username }: Claim): void => {
      if (config.hide_credentials) for (const field of fields) exchange.request.headers.delete(field);
      signIn(exchange, undefined, { id: key, username }, username);
    };

    const attempt = (exchange: Exchange, claims: readonly Claim[]): Handled => {
      const [claim, ...others] = claims;
      if (claim === undefined) return refuse(exchange);
      const key = keyOf(claim);
      const load = async (): Promise<Kept<unknown>> => {
        if (ldap === undefined) throw new Error("this platform reaches no LDAP servers");
        const dn = `${attribute}=${escapeDn(claim.username)},${base}`;
        return new Kept({ isRight: await ldap.bind(server, dn, claim.password) }, ttl * 1000);
      };
      return whenReady(cache.get(key, load), ({ value }): Handled => {
        if ((value as { isRight: boolean }).isRight) return accept(exchange, key, claim);
        return attempt(exchange, others);
      });
    };

    return {
      access(exchange) {
        if (config.anonymous !== null && exchange.credential !== undefined) return undefined;
        const { headers } = exchange.request;
        const claims = fields.flatMap((name) => claimOf(headers.get(name) ?? "", scheme) ?? []);
        return attempt(exchange, claims);
      },
    };
  },
});
