import { type Property, unused } from "../property.ts";

export const datastore = {
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
  declarative_config: {
    type: "path",
    default: "",
    doc: "Declarative configuration to start with, a YAML or JSON file.",
  },
  declarative_config_string: {
    type: "string",
    default: "",
    doc: "The same as text; read when `declarative_config` is empty.",
  },
  pg_ro_host: {
    type: "string",
    default: "",
    doc: "Host of a copy of the PostgreSQL server that answers what the Admin API reads; empty for none. What is not in the copy yet is looked for at pg_host.",
  },
  pg_ro_port: { type: "integer", default: "", doc: "Port of the copy; pg_port when empty." },
  pg_ro_user: { type: "string", default: "", doc: "User at the copy; pg_user when empty." },
  pg_ro_password: {
    type: "string",
    default: "",
    isSecret: true,
    doc: "That user's password; pg_password when empty.",
  },
  pg_ro_database: { type: "string", default: "", doc: "Database of the copy; pg_database when empty." },
  pg_ro_schema: { type: "string", default: "", doc: "Schema at the copy; pg_schema when empty." },
  pg_ro_timeout: {
    type: "integer",
    default: "",
    doc: "Milliseconds for connecting to the copy and for each statement; pg_timeout when empty.",
  },
  pg_ro_ssl: { type: "string", default: "", doc: "Connect to the copy by TLS; as pg_ssl when empty." },
  pg_ro_ssl_verify: {
    type: "string",
    default: "",
    doc: "Verify the copy's certificate; as pg_ssl_verify when empty.",
  },
  pg_ro_pool_size: {
    type: "integer",
    default: "",
    doc: "The most connections to the copy; as pg_pool_size when empty.",
  },
  ...unused("pg_ro_pool_size limits what runs at once", {
    pg_ro_max_concurrent_queries: "",
    pg_ro_semaphore_timeout: "",
    pg_ro_keepalive_timeout: "",
    pg_ro_backlog: "",
  }),
  ...unused("pg_pool_size limits what runs at once", {
    pg_max_concurrent_queries: "0",
    pg_semaphore_timeout: "60000",
    pg_keepalive_timeout: "",
    pg_backlog: "",
  }),
  ...unused("declarative configurations are held in memory", {
    lmdb_environment_path: "dbless.lmdb",
    lmdb_map_size: "2048m",
  }),
  ...unused("every worker holds every row: nothing of them is looked up", {
    db_cache_neg_ttl: "",
    db_cache_warmup_entities: "services",
  }),
} as const satisfies Record<string, Property>;
