import type { CacheEvent, CacheTimes, Hit, Load, MlcacheOptions } from "./options.ts";
import { CacheTimeout, Kept } from "./options.ts";
import type { CacheRecord } from "./record.ts";
import { SharedLevel } from "./shared.ts";
import { Sieve } from "./sieve.ts";

/** One load under way. */
interface Flight<L> {
  promise: Promise<Hit<L>>;
  /** When its lease is over: at the edge the request that loads may be gone by then, and its promise never settles. */
  readonly endsAtMs: number;
  /** False once its key was changed: what it brings is handed on but not kept. */
  isCurrent: boolean;
}

interface Peeked<T> {
  readonly value: T | undefined;
  /** Milliseconds; negative when stale, Infinity when it never ends. */
  readonly remainingMs: number;
}

/** One thing to look up among many. */
export interface BulkRequest<T> {
  readonly key: string;
  readonly load: Load<T>;
  readonly times?: CacheTimes;
}

export interface BulkFailure {
  readonly from: "failed";
  readonly error: unknown;
}

const defaultTtlMs = 30_000;
const defaultNegTtlMs = 5_000;
const defaultLeaseMs = 30_000;

/** A cache of three levels: this isolate's own, a dict that workers share, and a callback that one caller runs. */
export class Mlcache<T, L = T> {
  private readonly options: MlcacheOptions<T, L>;
  private readonly clock: { nowMs(): number };
  private readonly l1: Sieve<Hit<L>>;
  private readonly l2: SharedLevel<T> | undefined;
  private readonly flights = new Map<string, Flight<L>>();

  constructor(options: MlcacheOptions<T, L>) {
    for (const name of ["ttlMs", "negTtlMs"] as const)
      if (options[name] !== undefined && !(options[name] > 0))
        throw new TypeError(`${name} must be more than 0`);
    const { l2, ttlMs = defaultTtlMs, negTtlMs = defaultNegTtlMs } = options;
    if (l2 !== undefined && Math.min(ttlMs, negTtlMs) < l2.minTtlMs)
      throw new TypeError(`l2 keeps nothing for less than ${l2.minTtlMs} ms`);
    this.options = options;
    this.clock = options.clock;
    this.l1 = new Sieve(options.l1Entries ?? 100);
    const codec = options.codec ?? {
      encode: (value: T) => JSON.stringify(value),
      decode: (text) => JSON.parse(text) as T,
    };
    this.l2 = options.l2 && new SharedLevel(options.name, options.l2, options.l2Misses ?? options.l2, codec);
    options.events?.subscribe((event) => this.heard(event));
  }

  /** At once when L1 has it, or a dict that answers at once; else a promise, which fails as the callback does. */
  get(key: string, load: Load<T>, times?: CacheTimes): Hit<L> | Promise<Hit<L>> {
    return this.l1.get(key, this.clock) ?? this.beyond(key, load, times);
  }

  /**
   * Looks up many, in the order given; a failure stands in its place.
   *
   * @param concurrency How many go beyond what is at hand at a time, default 3.
   */
  async getBulk(requests: readonly BulkRequest<T>[], concurrency = 3): Promise<(Hit<L> | BulkFailure)[]> {
    const results: (Hit<L> | BulkFailure)[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let i = next++; i < requests.length; i = next++) {
        const { key, load, times } = requests[i]!;
        try {
          const hit = this.get(key, load, times);
          results[i] = hit instanceof Promise ? await hit : hit;
        } catch (error) {
          results[i] = { from: "failed", error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, concurrency) }, lane));
    return results;
  }

  /** What L2 knows, stale or not (L1 without an L2, where it is as L1 keeps it); loads and moves nothing. */
  async peek(key: string): Promise<Peeked<T | L> | undefined> {
    const nowMs = this.clock.nowMs();
    if (this.l2 === undefined) {
      const entry = this.l1.peek(key);
      return entry && { value: entry.value.value, remainingMs: entry.expiresAtMs - nowMs };
    }
    const record = await this.l2.get(key);
    return record && { value: record.value, remainingMs: record.expiresAtMs - nowMs };
  }

  /** Writes to both levels and tells the other workers. @param value Undefined: there is none. */
  async set(key: string, value: T | undefined, times?: CacheTimes): Promise<void> {
    this.mayChange();
    this.forget(key);
    await this.keep(key, value, this.ttlOf(value, times), "l1", times);
    await this.options.events?.broadcast({ name: this.options.name, key });
  }

  /** Forgets a key on both levels and tells the other workers. */
  async delete(key: string): Promise<void> {
    this.mayChange();
    this.forget(key);
    await this.l2?.delete(key);
    await this.options.events?.broadcast({ name: this.options.name, key });
  }

  /** Forgets everything under this cache's name, nothing of others, and tells the other workers. */
  async purge(): Promise<void> {
    this.mayChange();
    this.forgetAll();
    await this.l2?.clear();
    await this.options.events?.broadcast({ name: this.options.name });
  }

  /** Takes in what other workers changed. @throws TypeError when the events need no polling. */
  async update(): Promise<void> {
    if (this.options.events?.poll === undefined) throw new TypeError("no polling configured");
    await this.options.events.poll();
  }

  private mayChange(): void {
    if (this.isWeak)
      throw new TypeError("l2 shows changes late: what changes needs another name, with its version");
    if (this.l2 !== undefined && this.options.events === undefined)
      throw new TypeError("a cache with l2 needs events to be changed");
  }

  private heard({ name, key }: CacheEvent): void {
    if (name !== this.options.name) return;
    if (key === undefined) this.forgetAll();
    else this.forget(key);
  }

  private get isWeak(): boolean {
    const { l2, l2Misses } = this.options;
    return (l2?.stalenessMs ?? 0) > 0 || (l2Misses?.stalenessMs ?? 0) > 0;
  }

  private forget(key: string): void {
    this.l1.delete(key);
    const flight = this.flights.get(key);
    if (flight !== undefined) flight.isCurrent = false;
    this.flights.delete(key);
  }

  private forgetAll(): void {
    this.l1.clear();
    for (const flight of this.flights.values()) flight.isCurrent = false;
    this.flights.clear();
  }

  private beyond(key: string, load: Load<T>, times: CacheTimes | undefined): Hit<L> | Promise<Hit<L>> {
    const other = this.flights.get(key);
    if (other !== undefined && other.endsAtMs > this.clock.nowMs())
      return other.promise.then((hit) => (hit.from === "origin" ? { value: hit.value, from: "l2" } : hit));
    const record = this.l2?.get(key);
    const atHand = record instanceof Promise ? undefined : this.fresh(record);
    if (atHand !== undefined) return this.promote(key, atHand);
    const endsAtMs = this.clock.nowMs() + (this.options.leaseMs ?? defaultLeaseMs);
    const flight = { isCurrent: true, endsAtMs } as Flight<L>;
    const done = (): void => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    };
    this.flights.set(key, flight);
    flight.promise = this.fly(flight, key, record, load, times).finally(done);
    return flight.promise;
  }

  private fresh(record: CacheRecord<T> | undefined): CacheRecord<T> | undefined {
    return record !== undefined && record.expiresAtMs > this.clock.nowMs() ? record : undefined;
  }

  private promote(key: string, { value, expiresAtMs, isStale }: CacheRecord<T>, isKept = true): Hit<L> {
    const shown = this.shown(value);
    if (isKept) this.l1.set(key, { value: shown, from: isStale ? "stale" : "l1" }, expiresAtMs);
    return { value: shown, from: isStale ? "stale" : "l2" };
  }

  private shown(value: T | undefined): L | undefined {
    return value === undefined || this.options.l1 === undefined
      ? (value as L | undefined)
      : this.options.l1(value);
  }

  private async fly(
    flight: Flight<L>,
    key: string,
    first: CacheRecord<T> | undefined | Promise<CacheRecord<T> | undefined>,
    load: Load<T>,
    times: CacheTimes | undefined,
  ): Promise<Hit<L>> {
    const { lock, name, leaseMs = defaultLeaseMs, lockTimeoutMs = 5_000 } = this.options;
    let record = await first;
    let fresh = this.fresh(record);
    if (fresh !== undefined) return this.promote(key, fresh, flight.isCurrent);
    const lease = await lock?.acquire(`${name.length}:${name}:${key}`, leaseMs, lockTimeoutMs);
    if (lock !== undefined && lease === undefined) {
      if (record === undefined || !this.resurrects(times))
        throw new CacheTimeout(`no turn to load "${key}" in time`);
      return { value: this.shown(record.value), from: "stale" };
    }
    try {
      if (lease !== undefined) record = await this.l2?.get(key);
      fresh = this.fresh(record);
      if (fresh !== undefined) return this.promote(key, fresh, flight.isCurrent);
      let loaded: T | undefined | Kept<T>;
      // Another may have loaded after this one's lease was over: its value is the newer one.
      const isLate = async (): Promise<boolean> =>
        !flight.isCurrent || (await lease?.extend(leaseMs)) === false || !flight.isCurrent;
      try {
        loaded = await load(key);
      } catch (error) {
        if (record === undefined || !this.resurrects(times)) throw error;
        if (await isLate()) return { value: this.shown(record.value), from: "stale" };
        const ttlMs = times?.resurrectTtlMs ?? this.options.resurrectTtlMs!;
        return { value: await this.keep(key, record.value, ttlMs, "stale", times), from: "stale" };
      }
      const [value, ttlMs] =
        loaded instanceof Kept ? [loaded.value, loaded.ttlMs] : [loaded, this.ttlOf(loaded, times)];
      if (!(ttlMs > 0) || (await isLate())) return { value: this.shown(value), from: "origin" };
      return { value: await this.keep(key, value, ttlMs, "l1", times), from: "origin" };
    } finally {
      await lease?.release();
    }
  }

  private resurrects(times: CacheTimes | undefined): boolean {
    return (times?.resurrectTtlMs ?? this.options.resurrectTtlMs ?? 0) > 0;
  }

  private ttlOf(value: T | undefined, times: CacheTimes | undefined): number {
    return value === undefined
      ? (times?.negTtlMs ?? this.options.negTtlMs ?? defaultNegTtlMs)
      : (times?.ttlMs ?? this.options.ttlMs ?? defaultTtlMs);
  }

  /** L1 first, at once: an invalidation that comes while L2 is written then finds it. */
  private async keep(
    key: string,
    value: T | undefined,
    ttlMs: number,
    from: "l1" | "stale",
    times: CacheTimes | undefined,
  ): Promise<L | undefined> {
    const shown = this.shown(value);
    const expiresAtMs = this.clock.nowMs() + ttlMs;
    this.l1.set(key, { value: shown, from }, expiresAtMs);
    // What may be resurrected stays until it is evicted.
    const keptMs = this.resurrects(times) ? Infinity : ttlMs;
    if (this.options.l2 === undefined || keptMs < this.options.l2.minTtlMs) return shown;
    await this.l2?.set(key, { value, expiresAtMs, isStale: from === "stale" }, keptMs);
    return shown;
  }
}
