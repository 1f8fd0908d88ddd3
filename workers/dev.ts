import quickstart from "../examples/quickstart.yml";
import { createWorker } from "./worker.ts";

export { HealthChecks } from "./health.ts";
export { DictShard, EventLogObject } from "../adapters/cloudflare/index.ts";

/** What `npm run dev:edge` runs: the example is served until a configuration is published. */
export default createWorker(quickstart);
