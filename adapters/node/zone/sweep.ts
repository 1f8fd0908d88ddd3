import { entryNumber } from "./layout.ts";
import type { Shards } from "./shards.ts";

/** What goes through all entries of a zone, shard by shard. */
export class Sweep {
  private readonly shards: Shards;

  constructor(shards: Shards) {
    this.shards = shards;
  }

  /** Takes an entry out of a shard that is held. */
  drop(shard: number, entry: number): void {
    this.shards.change(shard, 1);
    this.shards.drop(shard, entry);
    this.shards.change(shard, 0);
  }

  clear(prefix: string): void {
    this.each((shard, entry) => {
      if (this.shards.keyOf(entry).startsWith(prefix)) this.drop(shard, entry);
    });
  }

  flushAll(): void {
    const { numbers } = this.shards;
    this.each((_, entry) => {
      numbers[entry / 2 + entryNumber.expiresAtMs] = -Infinity;
    });
  }

  /** @returns Entries that were dropped, `max` at most. */
  flushExpired(max: number, nowMs: number): number {
    let freed = 0;
    this.each((shard, entry) => {
      if (freed >= max || !this.shards.isOver(entry, nowMs)) return;
      this.drop(shard, entry);
      freed++;
    });
    return freed;
  }

  /** @param max The most keys that are told. */
  keys(max: number, nowMs: number): string[] {
    const found: string[] = [];
    this.each((_, entry) => {
      if (found.length < max && !this.shards.isOver(entry, nowMs)) found.push(this.shards.keyOf(entry));
    });
    return found;
  }

  /** Of a figure of each shard. */
  sum(of: (shard: number) => number): number {
    let total = 0;
    for (let i = 0; i < this.shards.geometry.shards; i++) total += of(this.shards.at(i));
    return total;
  }

  /** A shard is held while it is visited. */
  private each(visit: (shard: number, entry: number) => void): void {
    const { shards } = this;
    for (let i = 0; i < shards.geometry.shards; i++) {
      const shard = shards.at(i);
      shards.enterShard(shard);
      try {
        for (let entry = shards.oldest(shard); entry !== 0;) {
          const next = shards.newer(entry);
          visit(shard, entry);
          entry = next;
        }
      } finally {
        shards.leave(shard);
      }
    }
  }
}
