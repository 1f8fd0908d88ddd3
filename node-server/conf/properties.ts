/** How the text of a property is read. */
export type PropertyType = "string" | "list" | "boolean" | "integer" | "listeners";

export interface Property {
  readonly type: PropertyType;
  /** As it would stand in the file. */
  readonly default: string;
  readonly doc: string;
  /** The values allowed. */
  readonly oneOf?: readonly string[];
  /** Never shown. */
  readonly isSecret?: boolean;
}

export const logLevels = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"] as const;

/** Every property of `sallyport.conf`, with Kong's names and, where they mean the same, Kong's defaults. */
export const properties = {
  prefix: {
    type: "string",
    default: "/usr/local/sallyport",
    doc: "Folder for the pid file, logs, certificates and the node's id. Made when it does not exist.",
  },
  log_level: {
    type: "string",
    default: "notice",
    oneOf: logLevels,
    doc: "The least important level that is logged.",
  },
  log_format: {
    type: "string",
    default: "text",
    oneOf: ["text", "json"],
    doc: "`text`: lines for people; `json`: one object a line.",
  },
  proxy_access_log: {
    type: "string",
    default: "logs/access.log",
    doc: "File of the access log, relative to the prefix; `off` for none.",
  },
  proxy_error_log: {
    type: "string",
    default: "logs/error.log",
    doc: "File of the log in the background, relative to the prefix. In the foreground it goes to standard error.",
  },
  plugins: {
    type: "list",
    default: "bundled",
    doc: "Plugins that configurations may use: `bundled`, `off`, names of bundled ones, paths of modules, names of modules in the folder `plugins` of the prefix or of npm packages. A module exports `plugin`, or what the package `kong-pdk` asks for.",
  },
  tracing_instrumentations: {
    type: "list",
    default: "off",
    doc: "What opentelemetry records: `request` or `all` for exchanges and their tries; `off`: traces are passed on only.",
  },
  tracing_sampling_rate: {
    type: "string",
    default: "0.01",
    doc: "The part of exchanges that is recorded, 0 to 1, where a plugin says nothing.",
  },
  proxy_listen: {
    type: "listeners",
    default: "0.0.0.0:8000 reuseport backlog=16384, 0.0.0.0:8443 http2 ssl reuseport backlog=16384",
    doc: "Where the proxy listens: address:port and flags (ssl, http2, proxy_protocol, reuseport, backlog=N); `off` for nowhere.",
  },
  admin_listen: {
    type: "listeners",
    default: "127.0.0.1:8001 reuseport backlog=16384",
    doc: "Where the Admin API listens. Anybody who reaches it rules the gateway: keep it on loopback.",
  },
  status_listen: {
    type: "listeners",
    default: "off",
    doc: "Where the Status API listens: /status and /status/ready, for load balancers and monitors; `off` for nowhere.",
  },
  nginx_worker_processes: {
    type: "string",
    default: "auto",
    doc: "Number of workers; `auto` for one a processor.",
  },
  worker_max_heap_mb: {
    type: "integer",
    default: "1024",
    doc: "MiB of heap that a worker may use; one that wants more is replaced. 100,000 routes take some 200.",
  },
  nginx_daemon: {
    type: "boolean",
    default: "on",
    doc: "Run in the background; `off` keeps the gateway in the foreground.",
  },
  ssl_cert: {
    type: "string",
    default: "",
    doc: "PEM file of the default certificate; self-signed when empty.",
  },
  ssl_cert_key: { type: "string", default: "", doc: "PEM file of its key." },
  trusted_ips: {
    type: "list",
    default: "",
    doc: "Addresses and CIDR blocks whose X-Forwarded-* are believed.",
  },
  database: {
    type: "string",
    default: "sqlite",
    oneOf: ["sqlite", "postgres", "off"],
    doc: "Where entities live. `sqlite`: a file of this node; `postgres`: shared by nodes; `off`: in memory, from `declarative_config` or `POST /config`.",
  },
  sqlite_path: {
    type: "string",
    default: "sallyport.db",
    doc: "File of the SQLite database, relative to the prefix.",
  },
  pg_host: { type: "string", default: "127.0.0.1", doc: "Host of the PostgreSQL server." },
  pg_port: { type: "integer", default: "5432", doc: "Port of the PostgreSQL server." },
  pg_user: { type: "string", default: "kong", doc: "User of PostgreSQL." },
  pg_password: { type: "string", default: "", isSecret: true, doc: "The user's password." },
  pg_database: { type: "string", default: "kong", doc: "Database of PostgreSQL." },
  pg_schema: { type: "string", default: "", doc: "Schema of PostgreSQL; the user's own when empty." },
  pg_timeout: {
    type: "integer",
    default: "5000",
    doc: "Milliseconds for connecting to PostgreSQL and for each statement.",
  },
  pg_ssl: { type: "boolean", default: "off", doc: "Connect to PostgreSQL by TLS." },
  pg_ssl_verify: { type: "boolean", default: "off", doc: "Verify the certificate of PostgreSQL." },
  pg_pool_size: { type: "integer", default: "", doc: "The most connections to PostgreSQL; 10 when empty." },
  db_update_frequency: {
    type: "integer",
    default: "5",
    doc: "Seconds between two looks for what other nodes changed; a signal of the database is followed at once.",
  },
  db_update_propagation: {
    type: "integer",
    default: "0",
    doc: "Seconds until the database has brought a write to all its parts: events are looked for again that far back.",
  },
  db_cache_ttl: {
    type: "integer",
    default: "0",
    doc: "Seconds after which rows of the database are read again, whether or not a change was told; 0 for never.",
  },
  db_resurrect_ttl: {
    type: "integer",
    default: "30",
    doc: "Seconds that rows whose `db_cache_ttl` is over are served on when they can't be read; then they are tried again.",
  },
  mem_cache_size: {
    type: "string",
    default: "128m",
    doc: "Memory for what all workers of the node cache: a number with `k`, `m` or `g`. Taken when it is used.",
  },
  admin_token: {
    type: "string",
    default: "",
    isSecret: true,
    doc: "What clients of the Admin API have to show as a bearer token; everybody may use it when empty.",
  },
  declarative_config: {
    type: "string",
    default: "",
    doc: "Declarative configuration to start with, a YAML or JSON file.",
  },
  declarative_config_string: {
    type: "string",
    default: "",
    doc: "The same as text; read when `declarative_config` is empty.",
  },
  router_flavor: {
    type: "string",
    default: "traditional_compatible",
    oneOf: ["traditional_compatible", "traditional", "expressions"],
    doc: "How routes are matched and ranked.",
  },
} as const satisfies Record<string, Property>;

export type PropertyName = keyof typeof properties;
