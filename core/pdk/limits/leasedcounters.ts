import type { Clock } from "../../ports/clock.ts";
import type { Addition, CountedWindow, Counters, Taken } from "../../ports/counters.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
import type { Ready } from "../../ready.ts";

/** Milliseconds that an unused lease is held, and that a limit which was found used up is not asked for again. */
const holdMs = 1_000;
/** A lease is at most one part of this many of what is left; half a one may be there when the next comes. */
const parts = 16;
const maxLease = 1_024;
/** Windows that are known at once before those that are over are looked for. */
const manyPools = 1_024;

/** What is held of one window. */
interface Pool {
  readonly key: string;
  readonly endsAtMs: number;
  /** Counted remotely, not used here yet. */
  unused: number;
  /** The remote sum, as far as it was seen. */
  sum: number;
  /** How much the next lease is. */
  lease: number;
  /** Counts leases: the newest one's end is the pool's. */
  leases: number;
  askedAtMs: number;
  emptyUntilMs: number;
}

export interface LeasedCountersWorld {
  readonly clock: Pick<Clock, "nowMs">;
  /** Does `work` after `delayMs` beside whatever request asked for it. */
  readonly later: (delayMs: number, work: () => Promise<void>) => void;
  /** Told when an unused lease can't be given back; it then counts until its window is over. */
  readonly onError: (error: unknown) => void;
}

/**
 * Counters in a remote dict that are asked once for many requests: a lease is counted there first and used here then.
 * Never more than the limit are allowed, however many count. All of the limit can be used: leases double while they are
 * used up, are never more than a tenth of what is left, and go back a second after they were taken; until then what one holds
 * is not there for others. Counts that are told contain what others hold.
 */
export class LeasedCounters implements Counters {
  private readonly dict: SharedDict;
  private readonly world: LeasedCountersWorld;
  private readonly pools = new Map<string, Pool>();
  private sweepAt = manyPools;

  constructor(dict: SharedDict, world: LeasedCountersWorld) {
    this.dict = dict;
    this.world = world;
  }

  take(windows: readonly CountedWindow[]): Ready<Taken> {
    const nowMs = this.world.clock.nowMs();
    const pools = windows.map((window) => this.pool(window, nowMs));
    if (pools.every(({ unused }) => unused > 0)) {
      for (const [i, pool] of pools.entries()) {
        pool.unused--;
        this.refill(pool, windows[i]!.limit, nowMs);
      }
      return { isAllowed: true, counts: pools.map(countOf) };
    }
    if (pools.some(({ unused, emptyUntilMs }) => unused === 0 && emptyUntilMs > nowMs))
      return { isAllowed: false, counts: pools.map(countOf) };
    return this.takeRemote(pools, windows, nowMs);
  }

  async read(keys: readonly string[]): Promise<number[]> {
    const sums = await Promise.all(keys.map(async (key) => Number((await this.dict.get(key)) ?? 0)));
    return sums.map((sum, i) => sum - (this.pools.get(keys[i]!)?.unused ?? 0));
  }

  add(additions: readonly Addition[]): Promise<number[]> {
    return Promise.all(
      additions.map(async ({ key, by, endsInMs }) => this.dict.incr(key, by, 0, Math.max(1, endsInMs))),
    );
  }

  /** One of each window is set aside for this request; where one has none, all go back to what is held here. */
  private async takeRemote(
    pools: readonly Pool[],
    windows: readonly CountedWindow[],
    nowMs: number,
  ): Promise<Taken> {
    const outcomes = await Promise.allSettled(
      pools.map((pool, i) => this.takeOne(pool, windows[i]!.limit, nowMs)),
    );
    const isAllowed = outcomes.every((outcome) => outcome.status === "fulfilled" && outcome.value);
    if (!isAllowed)
      for (const [i, outcome] of outcomes.entries())
        if (outcome.status === "fulfilled" && outcome.value) this.hold(pools[i]!, 1);
    const failure = outcomes.find((outcome) => outcome.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    return { isAllowed, counts: pools.map(countOf) };
  }

  private async takeOne(pool: Pool, limit: number, nowMs: number): Promise<boolean> {
    if (pool.unused > 0) {
      pool.unused--;
      return true;
    }
    // Others ask for what they need alone: whether the first one lives to hear its answer, nobody knows.
    if (isAsking(pool, nowMs)) return (await this.ask(pool, limit, 1)) > 0;
    const granted = await this.askFirst(pool, limit, nowMs);
    if (granted > 1) this.hold(pool, granted - 1);
    return granted > 0;
  }

  /** Asks for the next lease while there is something left of this one, so that nobody waits for it. */
  private refill(pool: Pool, limit: number, nowMs: number): void {
    if (pool.lease === 1 || pool.unused > pool.lease / 2 || isAsking(pool, nowMs)) return;
    pool.askedAtMs = nowMs;
    this.world.later(0, async () => {
      try {
        const granted = await this.askFirst(pool, limit, nowMs);
        if (granted > 0) this.hold(pool, granted);
      } catch (error) {
        this.world.onError(error);
      }
    });
  }

  private async askFirst(pool: Pool, limit: number, nowMs: number): Promise<number> {
    pool.askedAtMs = nowMs;
    try {
      return await this.ask(pool, limit, pool.lease);
    } finally {
      pool.askedAtMs = -Infinity;
    }
  }

  /** Counts remotely. @returns How many of those asked for are within the limit. */
  private async ask(pool: Pool, limit: number, asked: number): Promise<number> {
    const sum = await this.dict.incr(pool.key, asked, 0, this.restMs(pool));
    // Whole ones: a limit may have a fraction.
    const granted = Math.max(0, Math.min(asked, Math.floor(asked - (sum - limit))));
    if (granted < asked) await this.dict.incr(pool.key, granted - asked, 0, this.restMs(pool));
    // What others asked for in vain is on its way back.
    pool.sum = Math.min(limit, sum - asked + granted);
    const most = Math.min(maxLease, Math.floor((limit - sum) / parts));
    pool.lease = Math.max(1, Math.min(2 * pool.lease, most));
    if (granted === 0) pool.emptyUntilMs = this.world.clock.nowMs() + holdMs;
    return granted;
  }

  private hold(pool: Pool, count: number): void {
    pool.unused += count;
    const lease = ++pool.leases;
    this.world.later(holdMs, async () => {
      if (lease === pool.leases) await this.giveBack(pool);
    });
  }

  private async giveBack(pool: Pool): Promise<void> {
    const { unused } = pool;
    if (unused === 0 || this.world.clock.nowMs() >= pool.endsAtMs) return;
    pool.unused = 0;
    pool.lease = 1;
    try {
      pool.sum = await this.dict.incr(pool.key, -unused, 0, this.restMs(pool));
    } catch (error) {
      this.world.onError(error);
    }
  }

  private restMs({ endsAtMs }: Pool): number {
    return Math.max(1, endsAtMs - this.world.clock.nowMs());
  }

  private pool({ key, endsInMs }: CountedWindow, nowMs: number): Pool {
    const known = this.pools.get(key);
    if (known !== undefined && known.endsAtMs > nowMs) return known;
    if (this.pools.size >= this.sweepAt) this.sweep(nowMs);
    const made: Pool = {
      key,
      endsAtMs: nowMs + endsInMs,
      unused: 0,
      sum: 0,
      lease: 1,
      leases: 0,
      askedAtMs: -Infinity,
      emptyUntilMs: -Infinity,
    };
    this.pools.set(key, made);
    return made;
  }

  private sweep(nowMs: number): void {
    for (const [key, { endsAtMs }] of this.pools) if (endsAtMs <= nowMs) this.pools.delete(key);
    this.sweepAt = Math.max(manyPools, 2 * this.pools.size);
  }
}

const isAsking = ({ askedAtMs }: Pool, nowMs: number): boolean => nowMs - askedAtMs < holdMs;

const countOf = ({ sum, unused }: Pool): number => sum - unused;
