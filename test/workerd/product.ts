/** Both Workers as one, for suites that reach into their objects. */
export { ControlPlane } from "../../workers/control/plane.ts";
export { EventLogObject } from "../../adapters/cloudflare/index.ts";
export * from "../../workers/index.ts";
export { default } from "../../workers/index.ts";
