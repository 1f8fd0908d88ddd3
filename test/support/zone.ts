import { Shards } from "../../adapters/node/zone/shards.ts";
import { blockWords, entryWord, shardHead } from "../../adapters/node/zone/layout.ts";
import { kinds } from "../../adapters/node/zone/value.ts";

/**
 * What is wrong with a zone's shards: links that do not meet, blocks that belong to nobody or to two, latches that are
 * held. Empty for a zone that is whole.
 *
 * @param owner Of this thread.
 */
export const problemsOf = (zone: SharedArrayBuffer, owner: number): string[] => {
  const shards = new Shards(zone, owner);
  const { words, geometry } = shards;
  const problems: string[] = [];
  for (let i = 0; i < geometry.shards; i++) {
    const shard = shards.at(i);
    shards.enterShard(shard);
    const seen = new Set<number>();
    const claim = (entry: number, what: string): void => {
      for (let block = entry / blockWords; block !== 0; block = words[block * blockWords]!) {
        if (seen.has(block)) {
          problems.push(`shard ${i}: block ${block} of ${what} belongs to another`);
          return;
        }
        seen.add(block);
      }
    };
    let linked = 0;
    let before = 0;
    for (let entry = shards.oldest(shard); entry !== 0; entry = shards.newer(entry)) {
      if (words[entry + entryWord.older]! * blockWords !== before)
        problems.push(`shard ${i}: an entry's elder is another`);
      before = entry;
      linked++;
      claim(entry, "an entry");
      if (shards.kind(entry) !== kinds.list) continue;
      for (let at = words[entry + entryWord.first]!; at !== 0; at = words[at * blockWords + entryWord.older]!)
        claim(at * blockWords, "a list");
    }
    if (words[shard + shardHead.newest]! * blockWords !== before)
      problems.push(`shard ${i}: the newest is another`);
    if (seen.size !== words[shard + shardHead.used])
      problems.push(`shard ${i}: ${seen.size} blocks are used, not as told`);
    claim(words[shard + shardHead.free]! * blockWords, "the free ones");
    if (seen.size !== words[shard + shardHead.fresh]) problems.push(`shard ${i}: blocks are lost`);
    let found = 0;
    for (let bucket = 0; bucket < geometry.buckets; bucket++) {
      let at = words[shard + geometry.toBuckets + bucket]!;
      for (; at !== 0; at = words[at * blockWords + entryWord.bucketNext]!) found++;
    }
    if (found !== linked) problems.push(`shard ${i}: ${found} entries in the table, ${linked} in use`);
    shards.leave(shard);
    if (Atomics.load(words, shard) !== 0) problems.push(`shard ${i}: the latch is held`);
  }
  return problems;
};

/** Places of the latches of a zone, in words. */
export const latchesOf = (zone: SharedArrayBuffer): number[] => {
  const shards = new Shards(zone, 1);
  return Array.from({ length: shards.geometry.shards }, (_, i) => shards.at(i));
};
