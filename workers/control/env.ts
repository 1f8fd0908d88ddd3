import type { EventLogObject } from "../../adapters/cloudflare/index.ts";
import type { ControlPlane } from "./plane.ts";

/** What wrangler.control.toml binds. */
export interface ControlEnv {
  readonly CONTROL: DurableObjectNamespace<ControlPlane>;
  readonly EVENTS: DurableObjectNamespace<EventLogObject>;
  /** Where configurations are published. */
  readonly CONFIG: KVNamespace;
  /** A secret: what clients show as `Authorization: Bearer <token>`. Without it every request is refused. */
  readonly ADMIN_TOKEN?: string;
  /** The one host that the Admin API is served at; every one without it. */
  readonly ADMIN_HOST?: string;
  /** `traditional_compatible` (default), `traditional` or `expressions`. */
  readonly ROUTER_FLAVOR?: string;
  /** `debug` … `emerg`; default `notice`. */
  readonly LOG_LEVEL?: string;
}
