import { MemoryClock, MemorySharedDict } from "../../adapters/memory/index.ts";
import { Group, type GroupOptions, healthBoard, type TargetOptions } from "../../core/balancer/index.ts";

const never = { successes: 0, http_statuses: [] };

/** A group in memory; nothing changes sides by itself unless `passive` says so. */
export const newGroup = (
  targets: readonly TargetOptions[],
  options: Partial<GroupOptions> = {},
  before?: Group,
): Group =>
  new Group(
    targets,
    {
      name: "ups",
      algorithm: "round-robin",
      slots: 10_000,
      thresholdPercent: 0,
      passive: {
        healthy: never,
        unhealthy: { http_failures: 0, tcp_failures: 0, timeouts: 0, http_statuses: [] },
      },
      start: () => 0,
      isResolved: () => false,
      board: healthBoard(new MemorySharedDict(new MemoryClock())),
      ...options,
    },
    before,
  );
