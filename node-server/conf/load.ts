import { copyTexts, type PostgresConf, postgresConf } from "./postgres.ts";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { ErrorFormat, ErrorTemplates, LogLevel, TracingOptions } from "../../core/index.ts";
import { problemsOf } from "./check.ts";
import { type DnsConf, dnsConf } from "./dns.ts";
import {
  type AccessLogConf,
  accessLogConf,
  type LimitsConf,
  limitsConf,
  type PoolConf,
  poolConf,
  type ResponseConf,
  responseConf,
} from "./derived.ts";
import { errorTemplates } from "./errortemplates.ts";
import { type ListenAddress, parseListeners } from "./listeners.ts";
import type { PropertyName, Texts } from "./properties.ts";
import { type ConfSources, gather, withConfSecrets } from "./sources.ts";
import { certificateFiles, type CertificateFiles, type ListenerName, type TlsConf, tlsConf } from "./tls.ts";
import { bytesOf, isTrue, listOf, msOf } from "./value.ts";

/** The configuration of a node, read and checked. */
export interface Conf {
  readonly prefix: string;
  readonly logLevel: LogLevel;
  readonly logFormat: "text" | "json";
  /** Undefined when off. */
  readonly accessLog: AccessLogConf | undefined;
  readonly adminAccessLog: AccessLogConf | undefined;
  readonly statusAccessLog: AccessLogConf | undefined;
  readonly errorLog: string;
  readonly plugins: readonly string[];
  readonly tracing: TracingOptions;
  /** What functions in configurations may do. */
  readonly scripts: {
    readonly mode: "off" | "sandbox" | "on";
    readonly maxMs: number;
    readonly maxBytes: number;
  };
  readonly proxyListen: readonly ListenAddress[];
  readonly adminListen: readonly ListenAddress[];
  readonly statusListen: readonly ListenAddress[];
  readonly workers: number;
  readonly workerMaxHeapMb: number;
  readonly isDaemon: boolean;
  /** `nginx_user` */
  readonly user: string;
  readonly nodeId: string | undefined;
  readonly certificates: Readonly<Record<ListenerName, CertificateFiles>>;
  readonly tls: TlsConf;
  readonly response: ResponseConf;
  readonly realIp: { readonly header: string; readonly isRecursive: boolean };
  /** Port that is listened on, port that clients know. */
  readonly portMap: readonly (readonly [number, number])[];
  readonly errorFormat: ErrorFormat;
  readonly errorTemplates: ErrorTemplates;
  readonly pool: PoolConf;
  readonly limits: LimitsConf;
  readonly maxReplayBytes: number;
  readonly adminMaxBodyBytes: number;
  /** Milliseconds that requests may go on after a reload. */
  readonly shutdownMs: number;
  /** The most records of one wording that are logged a second; 0 for no limit. */
  readonly logRepeats: number;
  /** Every request is shown with its route, plugins and times. */
  readonly isTraced: boolean;
  readonly isEnvVaultOn: boolean;
  readonly vaultEnvPrefix: string;
  readonly trustedIps: readonly string[];
  readonly declarativeConfig: string | undefined;
  readonly declarativeConfigString: string | undefined;
  readonly routerFlavor: "traditional_compatible" | "traditional" | "expressions";
  readonly database: "sqlite" | "postgres" | "off";
  /** Absolute path. */
  readonly sqlitePath: string;
  readonly postgres: PostgresConf;
  /** A copy that may be behind; undefined without one. */
  readonly postgresCopy: PostgresConf | undefined;
  readonly dbUpdateMs: number;
  readonly dns: DnsConf;
  readonly dbPropagationMs: number;
  /** 0 for never. */
  readonly dbCacheMs: number;
  readonly dbResurrectMs: number;
  readonly memCacheBytes: number;
  /** Undefined when everybody may use the Admin API. */
  readonly adminToken: string | undefined;
  /** Every property as text, references as they are written: for `GET /` and later commands. */
  readonly texts: Texts;
  /** The file that was read. */
  readonly file: string | undefined;
  /** What is to be said about properties that have no effect. */
  readonly warnings: readonly string[];
}

/** How to reach PostgreSQL. */
export class ConfError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfError";
    this.problems = problems;
  }
}

/** As one list of problems, whatever was thrown. */
const asConfError = (error: unknown): ConfError =>
  error instanceof ConfError
    ? error
    : new ConfError(
        (error instanceof AggregateError ? (error.errors as unknown[]) : [error]).map((one) =>
          one instanceof Error ? one.message : String(one),
        ),
      );

const errorFormats: Readonly<Record<string, ErrorFormat>> = {
  "text/plain": "plain",
  "text/html": "html",
  "application/json": "json",
  "application/xml": "xml",
};

const build = (texts: Texts): Omit<Conf, "texts" | "file" | "warnings"> => {
  const ms = (name: PropertyName): number => Number(texts[name]) * 1000;
  const listenersOf = (name: PropertyName): ListenAddress[] => parseListeners(texts[name]) as ListenAddress[];
  const prefix = path.resolve(texts.prefix);
  return {
    prefix,
    logLevel: texts.log_level as LogLevel,
    logFormat: texts.log_format as Conf["logFormat"],
    accessLog: accessLogConf(texts, "proxy_access_log", prefix),
    adminAccessLog: accessLogConf(texts, "admin_access_log", prefix),
    statusAccessLog: accessLogConf(texts, "status_access_log", prefix),
    errorLog: path.resolve(prefix, texts.proxy_error_log),
    scripts: {
      mode: texts.untrusted_js as Conf["scripts"]["mode"],
      maxMs: Number(texts.untrusted_js_max_ms),
      maxBytes: bytesOf(texts.untrusted_js_max_memory),
    },
    plugins: listOf(texts.plugins),
    tracing: {
      isOn: !listOf(texts.tracing_instrumentations).includes("off"),
      samplingRate: Number(texts.tracing_sampling_rate),
    },
    proxyListen: listenersOf("proxy_listen"),
    adminListen: listenersOf("admin_listen"),
    statusListen: listenersOf("status_listen"),
    workers:
      texts.nginx_worker_processes === "auto" ? availableParallelism() : Number(texts.nginx_worker_processes),
    workerMaxHeapMb: Math.max(64, Number(texts.worker_max_heap_mb)),
    isDaemon: isTrue(texts.nginx_daemon),
    user: texts.nginx_user,
    nodeId: texts.node_id || undefined,
    certificates: certificateFiles(texts),
    tls: tlsConf(texts),
    response: responseConf(texts),
    realIp: { header: texts.real_ip_header.toLowerCase(), isRecursive: isTrue(texts.real_ip_recursive) },
    portMap: listOf(texts.port_maps).map((entry) => {
      const [known, own] = entry.split(":").map(Number);
      return [own!, known!];
    }),
    errorFormat: errorFormats[texts.error_default_type] ?? "plain",
    errorTemplates: errorTemplates(texts),
    pool: poolConf(texts),
    limits: limitsConf(texts),
    maxReplayBytes: bytesOf(texts.client_body_buffer_size),
    adminMaxBodyBytes: bytesOf(texts.nginx_admin_client_max_body_size) || Number.MAX_SAFE_INTEGER,
    shutdownMs: msOf(texts.nginx_main_worker_shutdown_timeout),
    logRepeats: Number(texts.log_repeats),
    isTraced: isTrue(texts.trace_requests),
    isEnvVaultOn: listOf(texts.vaults).some((name) => name !== "off"),
    vaultEnvPrefix: texts.vault_env_prefix,
    trustedIps: listOf(texts.trusted_ips),
    declarativeConfig: texts.declarative_config || undefined,
    declarativeConfigString: texts.declarative_config_string || undefined,
    routerFlavor: texts.router_flavor as Conf["routerFlavor"],
    database: texts.database as Conf["database"],
    sqlitePath: path.resolve(prefix, texts.sqlite_path),
    postgres: postgresConf(texts),
    postgresCopy: texts.pg_ro_host === "" ? undefined : postgresConf(copyTexts(texts)),
    dns: dnsConf(texts),
    dbUpdateMs: ms("db_update_frequency"),
    dbPropagationMs: ms("db_update_propagation"),
    dbCacheMs: ms("db_cache_ttl"),
    dbResurrectMs: ms("db_resurrect_ttl"),
    memCacheBytes: bytesOf(texts.mem_cache_size),
    adminToken: texts.admin_token || undefined,
  };
};

/**
 * Reads and checks the configuration of a node.
 *
 * @throws ConfError with every problem.
 */
export const loadConf = (sources: ConfSources): Conf => {
  try {
    const { file, texts, warnings } = gather(sources);
    const written = problemsOf(texts);
    if (written.length > 0) throw new ConfError(written);
    const resolved = withConfSecrets(texts, sources.environment);
    const problems = problemsOf(resolved);
    if (problems.length > 0) throw new ConfError(problems);
    return { ...build(resolved), texts, file, warnings };
  } catch (error) {
    throw asConfError(error);
  }
};

/** Checks a file as {@link loadConf} does, without asking vaults. @throws ConfError with every problem. */
export const checkConf = (sources: ConfSources): readonly string[] => {
  try {
    const { texts, warnings } = gather(sources);
    const problems = problemsOf(texts);
    if (problems.length > 0) throw new ConfError(problems);
    return warnings;
  } catch (error) {
    throw asConfError(error);
  }
};
