import type { Cancel, Lease, Lock, Timers } from "../../core/index.ts";

interface Holder {
  cancel: Cancel;
}

interface Waiter {
  readonly leaseMs: number;
  readonly give: (lease: Lease | undefined) => void;
}

/** Locks of one process or isolate. */
export class MemoryLock implements Lock {
  private readonly timers: Pick<Timers, "at">;
  private readonly holders = new Map<string, Holder>();
  private readonly queues = new Map<string, Set<Waiter>>();

  /** @param timers End leases and waits. */
  constructor(timers: Pick<Timers, "at">) {
    this.timers = timers;
  }

  acquire(key: string, leaseMs: number, timeoutMs: number): Lease | undefined | Promise<Lease | undefined> {
    if (!this.holders.has(key)) return this.grant(key, leaseMs);
    if (timeoutMs <= 0) return undefined;
    return new Promise((resolve) => {
      const queue = this.queues.get(key) ?? new Set<Waiter>();
      this.queues.set(key, queue);
      const cancel = this.timers.at(timeoutMs, "lock timeout", () => waiter.give(undefined));
      const waiter: Waiter = {
        leaseMs,
        give: (lease) => {
          cancel();
          queue.delete(waiter);
          if (queue.size === 0 && this.queues.get(key) === queue) this.queues.delete(key);
          resolve(lease);
        },
      };
      queue.add(waiter);
    });
  }

  private grant(key: string, leaseMs: number): Lease {
    const end = (): void => this.end(key, holder);
    const holder: Holder = { cancel: this.timers.at(leaseMs, "lock lease", end) };
    this.holders.set(key, holder);
    return {
      extend: (forMs) => {
        if (this.holders.get(key) !== holder) return false;
        holder.cancel();
        holder.cancel = this.timers.at(forMs, "lock lease", end);
        return true;
      },
      release: end,
    };
  }

  private end(key: string, holder: Holder): void {
    if (this.holders.get(key) !== holder) return;
    holder.cancel();
    this.holders.delete(key);
    const next = this.queues.get(key)?.values().next().value;
    if (next !== undefined) next.give(this.grant(key, next.leaseMs));
  }
}
