/**
 * The most recently used values, linked by indices in typed arrays: an entry costs 16 bytes besides its key and value,
 * and a hit allocates nothing.
 */
export class Lru<V> {
  private readonly capacity: number;
  private readonly places = new Map<string, number>();
  private readonly keys: (string | undefined)[] = [];
  private readonly values: (V | undefined)[] = [];
  private readonly ends: Float64Array;
  private readonly newer: Uint32Array;
  private readonly older: Uint32Array;
  private readonly free: number[] = [];

  /** @param capacity Entries, at least 1. */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new TypeError("capacity must be a whole number from 1");
    this.capacity = capacity;
    this.ends = new Float64Array(capacity + 1);
    // Place 0 is the ring's anchor: older than it is the newest entry, newer than it the oldest.
    this.newer = new Uint32Array(capacity + 1);
    this.older = new Uint32Array(capacity + 1);
  }

  get size(): number {
    return this.places.size;
  }

  /** Undefined for what is absent or over. */
  get(key: string, clock: { nowMs(): number }): V | undefined {
    const place = this.places.get(key);
    if (place === undefined) return undefined;
    const end = this.ends[place]!;
    if (end !== Infinity && end <= clock.nowMs()) {
      this.drop(key, place);
      return undefined;
    }
    const { newer, older } = this;
    const up = newer[place]!;
    if (up !== 0) {
      const down = older[place]!;
      older[up] = down;
      newer[down] = up;
      const before = older[0]!;
      older[place] = before;
      newer[before] = place;
      newer[place] = 0;
      older[0] = place;
    }
    return this.values[place];
  }

  /** When the key's entry ends, in milliseconds since the epoch; undefined when absent. Moves nothing. */
  peek(key: string): { readonly value: V; readonly expiresAtMs: number } | undefined {
    const place = this.places.get(key);
    return place === undefined ? undefined : { value: this.values[place]!, expiresAtMs: this.ends[place]! };
  }

  set(key: string, value: V, expiresAtMs: number): void {
    let place = this.places.get(key);
    if (place !== undefined) this.unlink(place);
    else {
      if (this.places.size >= this.capacity) this.drop(this.keys[this.newer[0]!]!, this.newer[0]!);
      place = this.free.pop() ?? this.places.size + 1;
      this.places.set(key, place);
      this.keys[place] = key;
    }
    this.values[place] = value;
    this.ends[place] = expiresAtMs;
    this.link(place);
  }

  delete(key: string): void {
    const place = this.places.get(key);
    if (place !== undefined) this.drop(key, place);
  }

  clear(): void {
    this.places.clear();
    this.keys.length = this.values.length = this.free.length = 0;
    this.newer[0] = this.older[0] = 0;
  }

  private drop(key: string, place: number): void {
    this.unlink(place);
    this.places.delete(key);
    this.keys[place] = this.values[place] = undefined;
    this.free.push(place);
  }

  private link(place: number): void {
    const before = this.older[0]!;
    this.older[place] = before;
    this.newer[before] = place;
    this.newer[place] = 0;
    this.older[0] = place;
  }

  private unlink(place: number): void {
    const [up, down] = [this.newer[place]!, this.older[place]!];
    this.older[up] = down;
    this.newer[down] = up;
  }
}
