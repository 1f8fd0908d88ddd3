import type { UpstreamConnections } from "./connections.ts";
import type { ControlPlane } from "./control/plane.ts";
import type { HealthChecks } from "./health.ts";
import type { DictShard, EventLogObject } from "../adapters/cloudflare/index.ts";

/** What wrangler.toml binds. */
export interface Env {
  /** Configurations: `current` holds the newest, `snap:<version>` each one. */
  readonly CONFIG: KVNamespace;
  /** Where configurations are made; without it an isolate has what KV shows, or what is bundled. */
  readonly CONTROL?: DurableObjectNamespace<ControlPlane>;
  /** What isolates tell each other; without it they find a new configuration by looking at `CONFIG` alone. */
  readonly EVENTS?: DurableObjectNamespace<EventLogObject>;
  /** Seconds between two looks for what is new, at most; default 5. */
  readonly DB_UPDATE_FREQUENCY?: string;
  /** `on`: a socket to `EVENTS` makes what is new come at once while there are requests. */
  readonly EVENTS_SOCKET?: string;
  /** Counters, locks and caches that isolates share. */
  readonly DICT?: DurableObjectNamespace<DictShard>;
  /** `isolate`: each isolate counts rate limits by itself, at no cost and not exactly. Default: all count together. */
  readonly COUNTERS?: string;
  /** `debug` … `emerg`; default `notice`. */
  readonly LOG_LEVEL?: string;
  /**
   * Name servers, separated by commas: URLs (DNS over HTTPS) or `address:port` (over TCP). They are asked for services
   * (`_http._tcp.name`), which have no address without them, and for the names of upstreams that are reached by sockets.
   * What goes by fetch, and everything without them, the platform looks up.
   */
  readonly DNS_RESOLVER?: string;
  /** The control plane's Worker. */
  readonly ADMIN?: Fetcher;
  /** What stands before the paths of the Admin API here, e.g. `/admin-api`; without it this Worker does not have it. */
  readonly ADMIN_PATH?: string;
  /** Makes active health checks; without it there are none. */
  readonly HEALTH?: DurableObjectNamespace<HealthChecks>;
  /** Holds connections to upstreams that are reached by sockets; without it each request opens one. */
  readonly UPSTREAMS?: DurableObjectNamespace<UpstreamConnections>;
}
