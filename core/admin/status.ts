import type { Context } from "hono";
import type { DnsStatistics } from "../dns/index.ts";
import { json } from "./app.ts";
import { memoryFormat } from "./memory.ts";
import type { TimerStatistics } from "../timers/index.ts";

/** What a worker counted since it started. */
export interface WorkerCounts {
  readonly pid: number;
  readonly connectionsActive: number;
  readonly connectionsOpen: number;
  readonly connectionsAccepted: number;
  readonly requests: number;
  readonly heapBytes: number;
  /** What plugins counted, under names with labels. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly timers: TimerStatistics;
}

/** A zone of memory that the workers of a node share. */
export interface DictUsage {
  readonly name: string;
  readonly capacityBytes: number;
  readonly allocatedBytes: number;
}

type Count = "connectionsActive" | "connectionsOpen" | "connectionsAccepted" | "requests";

/** `GET /status/dns`: what the DNS clients of a node's workers counted for each name. */
export const dnsResource = (
  statistics: () => Promise<DnsStatistics | undefined>,
  counts: () => Promise<readonly WorkerCounts[]>,
) => ({
  async GET(): Promise<Response> {
    const stats = await statistics();
    if (stats === undefined) return json({ message: "not implemented with the legacy DNS client" }, 501);
    return json({ worker: { id: 0, count: (await counts()).length }, stats });
  },
});

/**
 * `GET /status?unit=m&scale=2`
 *
 * @param state What else is told: the database, or the hash of the configuration.
 */
export const statusResource = (
  counts: () => Promise<readonly WorkerCounts[]>,
  state: () => Promise<Readonly<Record<string, unknown>>>,
  dicts: () => readonly DictUsage[],
) => ({
  async GET(context: Context): Promise<Response> {
    const format = memoryFormat(context.req.query("unit") || undefined, context.req.query("scale"));
    if (typeof format === "string") return json({ message: format }, 400);
    const workers = await counts();
    const sum = (key: Count): number => workers.reduce((total, worker) => total + worker[key], 0);
    const active = sum("connectionsActive");
    return json({
      memory: {
        workers_lua_vms: workers.map(({ pid, heapBytes }) => ({ pid, http_allocated_gc: format(heapBytes) })),
        lua_shared_dicts: Object.fromEntries(
          dicts().map(({ name, capacityBytes, allocatedBytes }) => [
            name,
            { allocated_slabs: format(allocatedBytes), capacity: format(capacityBytes) },
          ]),
        ),
      },
      server: {
        connections_active: sum("connectionsOpen"),
        connections_reading: 0,
        connections_writing: active,
        connections_waiting: sum("connectionsOpen") - active,
        connections_accepted: sum("connectionsAccepted"),
        connections_handled: sum("connectionsAccepted"),
        total_requests: sum("requests"),
      },
      ...(await state()),
    });
  },
});
