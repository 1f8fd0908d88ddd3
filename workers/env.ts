import type { HealthChecks } from "./health.ts";

/** What wrangler.toml binds. */
export interface Env {
  /** Configuration: `current` names a version, `snap:<version>` holds it. */
  readonly CONFIG: KVNamespace;
  /** `debug` … `emerg`; default `notice`. */
  readonly LOG_LEVEL?: string;
  /**
   * Name servers, separated by commas: URLs (DNS over HTTPS) or `address:port` (over TCP). Services by name
   * (`_http._tcp.name`) are looked up there; without it they have no address. Other names are the platform's.
   */
  readonly DNS_RESOLVER?: string;
  /** Makes active health checks; without it there are none. */
  readonly HEALTH?: DurableObjectNamespace<HealthChecks>;
}
