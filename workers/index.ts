import { createWorker } from "./worker.ts";

export { HealthChecks } from "./health.ts";

/** What is deployed. */
export default createWorker();
