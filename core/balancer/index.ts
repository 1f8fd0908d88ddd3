export { type Address } from "./address.ts";
export { type Algorithm, Group, type GroupOptions, splitTarget, type TargetOptions } from "./group.ts";
export { type Report, type Thresholds } from "./health.ts";
export { sampleLatency } from "./load.ts";
export { xxhash32 } from "./xxhash32.ts";
