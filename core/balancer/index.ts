export { type Address, type Placement } from "./address.ts";
export { healthBoard } from "./board.ts";
export {
  type AddressState,
  type Algorithm,
  Group,
  type GroupOptions,
  type GroupState,
  type TargetState,
} from "./group.ts";
export { type Report, type Thresholds } from "./health.ts";
export { sampleLatency } from "./load.ts";
export { splitTarget, type Target, type TargetOptions } from "./target.ts";
export { xxhash32 } from "./xxhash32.ts";
