import {
  array,
  boolean,
  conditional,
  customCheck,
  host,
  httpProtocols,
  integer,
  number,
  port,
  record,
  redisFields,
  renamed,
  sni,
  string,
  timeout,
  url,
  wildcardHost,
} from "../../schema/index.ts";
import type { Field, Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { adminRoutes } from "./admin.ts";
import { acmeStorage } from "./entity.ts";

const old = (field: Field, name: string, now: string) =>
  renamed(field, now, {
    message: `acme: config.storage_config.redis.${name} is deprecated, please use config.storage_config.redis.${now} instead`,
    removal_in_version: "4.0",
  });

const storageConfig = record(
  {
    shm: record(
      {
        shm_name: string({
          default: "kong",
          one_of: ["kong"],
          doc: "Which of the zones of shared memory keeps it.",
        }),
      },
      { required: true, doc: "For `storage: shm`: the memory of the node, until it is restarted." },
    ),
    kong: record({}, { required: true, doc: "For `storage: kong`: the database." }),
    redis: record(
      {
        ...redisFields,
        extra_options: record(
          {
            namespace: string({
              required: true,
              default: "",
              len_min: 0,
              doc: "What every key begins with.",
            }),
            scan_count: number({
              required: false,
              default: 10,
              doc: "Keys that one step of a search looks at.",
            }),
          },
          { doc: "How keys are named and searched." },
        ),
      },
      {
        required: true,
        shorthands: {
          auth: old(string(), "auth", "password"),
          ssl_server_name: old(string(), "ssl_server_name", "server_name"),
          namespace: old(string({ len_min: 0 }), "namespace", "extra_options.namespace"),
          scan_count: old(integer(), "scan_count", "extra_options.scan_count"),
        },
        doc: "For `storage: redis`.",
      },
    ),
    consul: record(
      {
        https: boolean({ default: false, doc: "Ask by HTTPS." }),
        host: host({ doc: "Host name or address of Consul." }),
        port: port({ doc: "Its port." }),
        kv_path: string({ doc: "What every key begins with." }),
        timeout: timeout({ doc: "Milliseconds to wait for an answer." }),
        token: string({ referenceable: true, doc: "The ACL token." }),
      },
      { required: true, doc: "Consul is not here: for `storage: consul`." },
    ),
    vault: record(
      {
        https: boolean({ default: false, doc: "Ask by HTTPS." }),
        host: host({ doc: "Host name or address of Vault." }),
        port: port({ doc: "Its port." }),
        kv_path: string({ doc: "What every key begins with." }),
        timeout: timeout({ doc: "Milliseconds to wait for an answer." }),
        token: string({ referenceable: true, doc: "The token." }),
        tls_verify: boolean({ default: true, doc: "Verify the server's certificate." }),
        tls_server_name: sni({ required: false, doc: "Server name to send and to verify in TLS." }),
        auth_method: string({
          default: "token",
          one_of: ["token", "kubernetes"],
          doc: "How to sign in.",
        }),
        auth_path: string({ doc: "Path of the Kubernetes sign-in." }),
        auth_role: string({ doc: "Role of the Kubernetes sign-in." }),
        jwt_path: string({ doc: "File of the service account's token." }),
      },
      { required: true, doc: "Vault is not here: for `storage: vault`." },
    ),
  },
  { required: true, doc: "What each kind of storage needs to know." },
);

export const config = record(
  {
    account_email: string({
      required: true,
      encrypted: true,
      referenceable: true,
      match: "%w*%p*@+%w*%.?%w*",
      doc: "Where the authority reaches the owner of the account.",
    }),
    account_key: record(
      {
        key_id: string({ required: true, doc: "The key's `kid`." }),
        key_set: string({ doc: "The name of its set; absent for a key without one." }),
      },
      { doc: "A key entity that the account is known by. One is made when absent." },
    ),
    api_uri: url({
      default: "https://acme-v02.api.letsencrypt.org/directory",
      doc: "The authority's directory.",
    }),
    tos_accepted: boolean({ default: false, doc: "Whether the authority's terms of service are accepted." }),
    eab_kid: string({
      encrypted: true,
      referenceable: true,
      doc: "Id of the key that binds the account to one that the authority knows otherwise.",
    }),
    eab_hmac_key: string({ encrypted: true, referenceable: true, doc: "That key, in base64url." }),
    cert_type: string({ default: "rsa", one_of: ["rsa", "ecc"], doc: "Kind of the certificates' keys." }),
    rsa_key_size: number({ default: 4096, one_of: [2048, 3072, 4096], doc: "Bits of RSA keys." }),
    renew_threshold_days: number({ default: 14, doc: "Days before its end that a certificate is renewed." }),
    domains: array(wildcardHost(), {
      doc: "Names that certificates are ordered for when clients ask for them: `a.test`, `*.test`.",
    }),
    allow_any_domain: boolean({
      default: false,
      doc: "Order one for every name that a client asks for: strangers decide then what is ordered.",
    }),
    fail_backoff_minutes: number({
      default: 5,
      doc: "Minutes after a failure in which clients don't make it order for that name again.",
    }),
    storage: string({
      default: "shm",
      one_of: ["kong", "shm", "redis", "consul", "vault"],
      doc: "Where account, challenges and certificates are kept.",
    }),
    storage_config: storageConfig,
    preferred_chain: string({
      doc: "The common name of an issuer: its chain is taken where several are offered.",
    }),
    enable_ipv4_common_name: boolean({
      default: true,
      doc: "Name an IPv4 address in the common name, too.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

const absent = { consul: "Consul", vault: "Vault" } as Readonly<Record<string, string>>;

const isStorageHere = {
  ...customCheck<{ config: { storage: string } }>({
    field_sources: ["config.storage"],
    check({ config: { storage } }) {
      const name = absent[storage];
      return name && `"${storage}" storage can't be used: ${name} can't be reached from here`;
    },
  }),
  print: undefined,
};

export const schema = {
  name: "acme",
  priority: 1705,
  entities: [acmeStorage],
  needs: (config) => ((config as Config).storage === "kong" ? "database" : "certificates"),
  adminRoutes,

  config,
  protocols: httpProtocols,
  noConsumer: true,
  noService: true,
  noRoute: true,
  checks: [
    conditional({
      if_field: "config.api_uri",
      if_match: {
        one_of: ["https://acme-v02.api.letsencrypt.org", "https://acme-staging-v02.api.letsencrypt.org"],
      },
      then_field: "config.tos_accepted",
      then_match: { eq: true },
      then_err: "terms of service must be accepted, see https://letsencrypt.org/repository/",
    }),
    isStorageHere,
  ],
} satisfies PluginDeclaration;
