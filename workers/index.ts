import { createWorker } from "./worker.ts";

export { UpstreamConnections } from "./connections.ts";
export { HealthChecks } from "./health.ts";
export { DictShard } from "../adapters/cloudflare/index.ts";

/** What is deployed. */
export default createWorker();
