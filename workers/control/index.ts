import { door } from "./door.ts";
import type { ControlEnv } from "./env.ts";

export { EventLogObject } from "../../adapters/cloudflare/index.ts";
export { ControlPlane } from "./plane.ts";

/** The control plane as a Worker of its own: what it is made of is no part of the data plane's. */
export default {
  fetch: (request, env) => door.fetch(request, env) as Promise<Response>,
} satisfies ExportedHandler<ControlEnv>;
