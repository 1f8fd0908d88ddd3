import type { Clock } from "../../../core/index.ts";

interface Waiter {
  readonly leaseMs: number;
  readonly give: (token: string | undefined) => void;
}

/** Leases of locks in the SQLite of one Durable Object, so that they outlive its memory; those who wait are in memory. */
export class Leases {
  clock: Pick<Clock, "nowMs">;
  private readonly sql: SqlStorage;
  private readonly queues = new Map<string, Set<Waiter>>();
  private readonly ends = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(sql: SqlStorage, clock: Pick<Clock, "nowMs">) {
    this.sql = sql;
    this.clock = clock;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS leases (key TEXT PRIMARY KEY, token TEXT NOT NULL, expires REAL NOT NULL)",
    );
  }

  /** @returns The owner's token; undefined when the time was over. */
  acquire(key: string, leaseMs: number, timeoutMs: number): string | undefined | Promise<string | undefined> {
    const token = this.queues.has(key) ? undefined : this.grant(key, leaseMs);
    if (token !== undefined || timeoutMs <= 0) return token;
    return new Promise((resolve) => {
      const queue = this.queues.get(key) ?? new Set<Waiter>();
      this.queues.set(key, queue);
      const waiter: Waiter = {
        leaseMs,
        give: (given) => {
          clearTimeout(timer);
          queue.delete(waiter);
          if (queue.size === 0) this.queues.delete(key);
          resolve(given);
        },
      };
      const timer = setTimeout(() => waiter.give(undefined), timeoutMs);
      queue.add(waiter);
      this.watch(key);
    });
  }

  extend(key: string, token: string, leaseMs: number): boolean {
    const nowMs = this.clock.nowMs();
    const { rowsWritten } = this.sql.exec(
      "UPDATE leases SET expires = ? WHERE key = ? AND token = ? AND expires > ?",
      nowMs + leaseMs,
      key,
      token,
      nowMs,
    );
    if (rowsWritten > 0) this.watch(key);
    return rowsWritten > 0;
  }

  release(key: string, token: string): void {
    const { rowsWritten } = this.sql.exec("DELETE FROM leases WHERE key = ? AND token = ?", key, token);
    if (rowsWritten > 0) this.next(key);
  }

  private grant(key: string, leaseMs: number): string | undefined {
    const nowMs = this.clock.nowMs();
    const token = crypto.randomUUID();
    const { rowsWritten } = this.sql.exec(
      `INSERT INTO leases VALUES (?1, ?2, ?3)
       ON CONFLICT (key) DO UPDATE SET token = ?2, expires = ?3 WHERE expires <= ?4`,
      key,
      token,
      nowMs + leaseMs,
      nowMs,
    );
    return rowsWritten > 0 ? token : undefined;
  }

  /** The lock is free: who waits longest gets it. */
  private next(key: string): void {
    this.unwatch(key);
    const waiter = this.queues.get(key)?.values().next().value;
    if (waiter === undefined) return;
    const token = this.grant(key, waiter.leaseMs);
    if (token !== undefined) waiter.give(token);
    this.watch(key);
  }

  private unwatch(key: string): void {
    const timer = this.ends.get(key);
    if (timer !== undefined) clearTimeout(timer);
    this.ends.delete(key);
  }

  /** Looks again when the lease is over, as long as somebody waits. */
  private watch(key: string): void {
    this.unwatch(key);
    if (!this.queues.has(key)) return;
    const [row] = this.sql.exec<{ expires: number }>("SELECT expires FROM leases WHERE key = ?", key);
    const leftMs = Math.max(0, (row?.expires ?? 0) - this.clock.nowMs());
    this.ends.set(
      key,
      setTimeout(() => this.next(key), leftMs),
    );
  }
}
