import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { type ListenAddress, parseListeners } from "./listeners.ts";
import { properties, type Property, type PropertyName } from "./properties.ts";
import { addressSet, type LogLevel, type TracingOptions } from "../../core/index.ts";

/** The configuration of a node, read and checked. */
export interface Conf {
  readonly prefix: string;
  readonly logLevel: LogLevel;
  readonly logFormat: "text" | "json";
  /** Absolute path; undefined when off. */
  readonly accessLog: string | undefined;
  readonly errorLog: string;
  readonly plugins: readonly string[];
  readonly tracing: TracingOptions;
  readonly proxyListen: readonly ListenAddress[];
  readonly adminListen: readonly ListenAddress[];
  readonly statusListen: readonly ListenAddress[];
  readonly workers: number;
  readonly workerMaxHeapMb: number;
  readonly isDaemon: boolean;
  readonly sslCert: string | undefined;
  readonly sslCertKey: string | undefined;
  readonly trustedIps: readonly string[];
  readonly declarativeConfig: string | undefined;
  readonly declarativeConfigString: string | undefined;
  readonly routerFlavor: "traditional_compatible" | "traditional" | "expressions";
  readonly database: "sqlite" | "postgres" | "off";
  /** Absolute path. */
  readonly sqlitePath: string;
  readonly postgres: PostgresConf;
  readonly dbUpdateMs: number;
  readonly dbPropagationMs: number;
  /** 0 for never. */
  readonly dbCacheMs: number;
  readonly dbResurrectMs: number;
  readonly memCacheBytes: number;
  /** Undefined when everybody may use the Admin API. */
  readonly adminToken: string | undefined;
  /** Every property as text, for `GET /`. */
  readonly texts: Readonly<Record<PropertyName, string>>;
}

/** How to reach PostgreSQL. */
export interface PostgresConf {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly schema: string | undefined;
  readonly timeoutMs: number;
  readonly isSecure: boolean;
  readonly isVerified: boolean;
  readonly connections: number;
}

export class ConfError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfError";
    this.problems = problems;
  }
}

const defaultFiles = ["/etc/sallyport/sallyport.conf", "/etc/sallyport.conf"];

/** Bytes of `128m`; NaN for what is no size. */
const bytesOf = (text: string): number => {
  const found = /^(\d+)([kmg])$/i.exec(text);
  const unit = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[found?.[2]?.toLowerCase() ?? ""];
  return Number(found?.[1]) * (unit ?? NaN);
};
const isTrue = (text: string): boolean => text === "on" || text === "true";

/** Reads `key = value` lines; `#` begins a comment unless escaped. */
export const parseConf = (text: string): Map<string, string> => {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const bare = line
      .replace(/(^|[^\\])#.*$/, "$1")
      .replaceAll("\\#", "#")
      .trim();
    const equals = bare.indexOf("=");
    if (equals > 0) found.set(bare.slice(0, equals).trim(), bare.slice(equals + 1).trim());
  }
  return found;
};

export interface ConfSources {
  /** A file that was asked for; it has to exist. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Properties given on the command line. */
  readonly overrides?: Partial<Record<PropertyName, string>>;
}

const problemOf = (name: string, property: Property, value: string): string | undefined => {
  if (property.oneOf !== undefined && !property.oneOf.includes(value)) {
    return `${name} has an invalid value: '${value}' (${property.oneOf.join(", ")})`;
  }
  if (property.type === "boolean" && !["on", "off", "true", "false"].includes(value)) {
    return `${name} is not a boolean: '${value}'`;
  }
  if (property.type === "integer" && !/^-?\d+$/.test(value)) return `${name} is not a number: '${value}'`;
  if (property.type === "listeners") {
    const parsed = parseListeners(value);
    if (typeof parsed === "string") return `${name}: ${parsed}`;
  }
  return undefined;
};

const fileOf = (sources: ConfSources): string | undefined => {
  const { file } = sources;
  if (file !== undefined && !existsSync(file)) throw new ConfError([`no file at: ${file}`]);
  return file ?? defaultFiles.find((candidate) => existsSync(candidate));
};

/**
 * Command line, then `SALLYPORT_*`, then `KONG_*`, then the file, then defaults. Relative paths in a file are
 * relative to the file.
 *
 * @throws ConfError with every problem.
 */
export const loadConf = (sources: ConfSources): Conf => {
  const { environment, overrides = {} } = sources;
  const file = fileOf(sources);
  const written = file === undefined ? new Map<string, string>() : parseConf(readFileSync(file, "utf8"));
  const base = file === undefined ? process.cwd() : path.dirname(path.resolve(file));
  const texts = {} as Record<PropertyName, string>;
  const bases = {} as Record<PropertyName, string>;
  const problems: string[] = [];
  for (const [key, property] of Object.entries(properties) as [PropertyName, Property][]) {
    const upper = key.toUpperCase();
    const outer = overrides[key] ?? environment[`SALLYPORT_${upper}`] ?? environment[`KONG_${upper}`];
    const value = (outer === "" ? undefined : outer) ?? (written.get(key) || property.default);
    bases[key] = outer === undefined ? base : process.cwd();
    texts[key] = value;
    if (value === "") continue;
    const problem = problemOf(key, property, value);
    if (problem !== undefined) problems.push(problem);
  }
  const workers =
    texts.nginx_worker_processes === "auto" ? availableParallelism() : Number(texts.nginx_worker_processes);
  if (!Number.isInteger(workers) || workers < 1 || workers > 1024) {
    problems.push(
      `nginx_worker_processes is neither auto nor a number from 1 to 1024: '${texts.nginx_worker_processes}'`,
    );
  }
  const memCacheBytes = bytesOf(texts.mem_cache_size);
  if (!(memCacheBytes >= 8192 && memCacheBytes <= 4 * 1024 ** 3)) {
    problems.push(`mem_cache_size is not a size from 8k to 4g: '${texts.mem_cache_size}'`);
  }
  const listOf = (key: PropertyName): string[] => texts[key].split(",").flatMap((item) => item.trim() || []);
  try {
    addressSet(listOf("trusted_ips"));
  } catch (error) {
    problems.push(`trusted_ips: ${(error as Error).message}`);
  }
  const rate = Number(texts.tracing_sampling_rate);
  if (!(rate >= 0 && rate <= 1))
    problems.push(`tracing_sampling_rate is not a number from 0 to 1: '${texts.tracing_sampling_rate}'`);
  if ((texts.ssl_cert === "") !== (texts.ssl_cert_key === "")) {
    problems.push("ssl_cert and ssl_cert_key must be given together");
  }
  if (problems.length > 0) throw new ConfError(problems);
  const resolve = (key: PropertyName): string => path.resolve(bases[key], texts[key]);
  const prefix = resolve("prefix");
  const optional = (key: PropertyName): string | undefined => (texts[key] === "" ? undefined : resolve(key));
  const listenersOf = (key: PropertyName): ListenAddress[] => parseListeners(texts[key]) as ListenAddress[];
  return {
    prefix,
    logLevel: texts.log_level as LogLevel,
    logFormat: texts.log_format as Conf["logFormat"],
    accessLog: texts.proxy_access_log === "off" ? undefined : path.resolve(prefix, texts.proxy_access_log),
    errorLog: path.resolve(prefix, texts.proxy_error_log),
    plugins: listOf("plugins").map((name) =>
      /^\.{0,2}\//.test(name) ? path.resolve(bases.plugins, name) : name,
    ),
    tracing: {
      isOn: !listOf("tracing_instrumentations").includes("off"),
      samplingRate: Number(texts.tracing_sampling_rate),
    },
    proxyListen: listenersOf("proxy_listen"),
    adminListen: listenersOf("admin_listen"),
    statusListen: listenersOf("status_listen"),
    workers,
    workerMaxHeapMb: Math.max(64, Number(texts.worker_max_heap_mb)),
    isDaemon: isTrue(texts.nginx_daemon),
    sslCert: optional("ssl_cert"),
    sslCertKey: optional("ssl_cert_key"),
    trustedIps: listOf("trusted_ips"),
    declarativeConfig: optional("declarative_config"),
    declarativeConfigString: texts.declarative_config_string || undefined,
    routerFlavor: texts.router_flavor as Conf["routerFlavor"],
    database: texts.database as Conf["database"],
    sqlitePath: path.resolve(prefix, texts.sqlite_path),
    postgres: {
      host: texts.pg_host,
      port: Number(texts.pg_port),
      user: texts.pg_user,
      password: texts.pg_password,
      database: texts.pg_database,
      schema: texts.pg_schema || undefined,
      timeoutMs: Number(texts.pg_timeout),
      isSecure: isTrue(texts.pg_ssl),
      isVerified: isTrue(texts.pg_ssl_verify),
      connections: Number(texts.pg_pool_size || 10),
    },
    dbUpdateMs: Number(texts.db_update_frequency) * 1000,
    dbPropagationMs: Number(texts.db_update_propagation) * 1000,
    dbCacheMs: Number(texts.db_cache_ttl) * 1000,
    dbResurrectMs: Number(texts.db_resurrect_ttl) * 1000,
    memCacheBytes,
    adminToken: texts.admin_token || undefined,
    texts,
  };
};
