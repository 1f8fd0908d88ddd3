import type { HealthChecks } from "./health.ts";

/** What wrangler.toml binds. */
export interface Env {
  /** Configuration: `current` names a version, `snap:<version>` holds it. */
  readonly CONFIG: KVNamespace;
  /** `debug` … `emerg`; default `notice`. */
  readonly LOG_LEVEL?: string;
  /**
   * URLs of name servers that speak DNS over HTTPS, separated by commas. Services by name (`_http._tcp.name`) are looked up
   * there; without it they have no address. Other names are resolved by the platform.
   */
  readonly DNS_OVER_HTTPS?: string;
  /** Makes active health checks; without it there are none. */
  readonly HEALTH?: DurableObjectNamespace<HealthChecks>;
}
