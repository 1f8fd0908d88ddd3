import type { WorkerCounts } from "../core/index.ts";

type Totals = Pick<WorkerCounts, "connectionsAccepted" | "requests" | "metrics">;

const nothing: Totals = { connectionsAccepted: 0, requests: 0, metrics: {} };

const sum = (one: Totals, other: Totals): Totals => {
  const metrics: Record<string, number> = { ...one.metrics };
  for (const [series, count] of Object.entries(other.metrics))
    metrics[series] = (metrics[series] ?? 0) + count;
  return {
    connectionsAccepted: one.connectionsAccepted + other.connectionsAccepted,
    requests: one.requests + other.requests,
    metrics,
  };
};

/**
 * What the workers of a node counted. Those that are gone stay in its totals, as they were told last: a total that
 * falls would be read as a restart of the whole node, and its rest counted again.
 */
export class Ledger<M> {
  private readonly told = new Map<M, WorkerCounts>();
  private gone = nothing;
  private last: WorkerCounts | undefined;

  tell(member: M, counts: WorkerCounts): void {
    this.told.set(member, counts);
  }

  leave(member: M): void {
    const last = this.told.get(member);
    this.told.delete(member);
    if (last === undefined) return;
    this.gone = sum(this.gone, last);
    this.last = { ...last, ...nothing, connectionsActive: 0, connectionsOpen: 0, heapBytes: 0 };
  }

  /**
   * For each worker that told; the first one has the totals of those that are gone, too. While there is none, the one that
   * left last stands for them.
   */
  all(): WorkerCounts[] {
    const [first = this.last, ...others] = this.told.values();
    return first === undefined ? [] : [{ ...first, ...sum(this.gone, first) }, ...others];
  }
}
