import { shardHead } from "./layout.ts";
import type { Shards } from "./shards.ts";

/**
 * Frees blocks, from the least recently used entry on, live or over, as Kong's dicts do.
 *
 * @param mayEvict False: only entries that are over give way.
 * @param kept An entry that stays in any case.
 * @returns Whether there are so many free blocks now.
 */
export const makeRoom = (
  shards: Shards,
  shard: number,
  blocks: number,
  nowMs: number,
  mayEvict: boolean,
  kept = 0,
): boolean => {
  if (blocks > shards.geometry.blocks) return false;
  for (let entry = shards.oldest(shard); entry !== 0 && shards.freeBlocks(shard) < blocks;) {
    const next = shards.newer(entry);
    const isOver = shards.isOver(entry, nowMs);
    if (entry !== kept && (isOver || mayEvict)) {
      if (!isOver) shards.words[shard + shardHead.evicted]! += 1;
      shards.drop(shard, entry);
    }
    entry = next;
  }
  return shards.freeBlocks(shard) >= blocks;
};
