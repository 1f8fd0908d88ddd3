import type { Clock } from "../../core/index.ts";

/** The platform's clocks. In a Worker they stand still between two inputs or outputs. */
export const webClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
