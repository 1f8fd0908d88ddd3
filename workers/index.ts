import { createWorker } from "./worker.ts";

export { HealthChecks } from "./health.ts";
export { DictShard, EventLogObject } from "../adapters/cloudflare/index.ts";

/** What is deployed. */
export default createWorker();
