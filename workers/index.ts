import { createWorker } from "./worker.ts";

/** What is deployed. */
export default createWorker();
