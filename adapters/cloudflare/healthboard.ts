import type { HealthBoard } from "../../core/index.ts";

/** Health in the storage of a Durable Object: it outlives the object's sleep. */
export class StorageHealthBoard implements HealthBoard {
  private readonly storage: SyncKvStorage;

  /** @param storage Of an object whose storage is SQLite. */
  constructor(storage: SyncKvStorage) {
    this.storage = storage;
  }

  get(key: string): number | undefined {
    return this.storage.get<number>(key);
  }

  set(key: string, value: number, ttlMs: number): void {
    // What ends is what is forgotten: there is no other use of an end here.
    if (ttlMs === Infinity) this.storage.put(key, value);
    else this.storage.delete(key);
  }

  incr(key: string, by: number, init: number): number {
    const sum = (this.get(key) ?? init) + by;
    this.storage.put(key, sum);
    return sum;
  }
}
