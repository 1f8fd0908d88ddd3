import type { HealthChecks } from "./health.ts";
import type { DictShard, EventLogObject } from "../adapters/cloudflare/index.ts";

/** What wrangler.toml binds. */
export interface Env {
  /** Configuration: `current` names a version, `snap:<version>` holds it. */
  readonly CONFIG: KVNamespace;
  /** What isolates tell each other; without it they find a new configuration by looking at `CONFIG` alone. */
  readonly EVENTS?: DurableObjectNamespace<EventLogObject>;
  /** Seconds between two looks for what is new, at most; default 5. */
  readonly DB_UPDATE_FREQUENCY?: string;
  /** `on`: a socket to `EVENTS` makes what is new come at once while there are requests. */
  readonly EVENTS_SOCKET?: string;
  /** Counters, locks and caches that isolates share. */
  readonly DICT: DurableObjectNamespace<DictShard>;
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
