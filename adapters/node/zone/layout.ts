import { randomFillSync } from "node:crypto";

/**
 * A zone is a head, then shards of equal size. A shard is a head, a hash table and blocks of 128 bytes. An entry is a
 * chain of blocks: the first begins with the entry's facts, each other one with the number of the block after it. Blocks
 * of one size need no compaction: what fits in bytes fits. All places are counted in words of 32 bits.
 */
export const blockWords = 32;
export const blockBytes = blockWords * 4;

/** The zone's head: facts, then words to wait at. */
export const zoneHead = {
  shards: 0,
  buckets: 1,
  blocks: 2,
  secret: 3,
  multiplier: 4,
  wakeWords: 32,
} as const;
export const wakeWords = 64;
const headWords = 96;

/**
 * The shard's head. `latch`: who is inside; `turn`: how often somebody was; `changing`: 1 while links are being
 * rewritten; `newest`, `oldest`: ends of the list of uses; `free`: first free block; `fresh`: blocks never used yet are
 * those from this number on.
 */
export const shardHead = {
  latch: 0,
  turn: 1,
  changing: 2,
  newest: 3,
  oldest: 4,
  free: 5,
  fresh: 6,
  used: 7,
  evicted: 8,
  resets: 9,
} as const;
const shardHeadWords = blockWords;

/** An entry's first block. `key`: the key's length, its width and the value's kind; `bytes`: the value's size. */
export const entryWord = {
  next: 0,
  bucketNext: 1,
  hash: 2,
  newer: 3,
  older: 4,
  key: 5,
  flags: 6,
  bytes: 7,
  /** A list's first and last element; a number's place is the same two words. */
  first: 10,
  last: 11,
} as const;
/** The same block in numbers of 64 bits. */
export const entryNumber = { expiresAtMs: 4, value: 5 } as const;
export const firstPayload = 12;

/** Blocks for so many words of key and value. */
export const blocksFor = (payloadWords: number): number =>
  payloadWords <= blockWords - firstPayload
    ? 1
    : 1 + Math.ceil((payloadWords - (blockWords - firstPayload)) / (blockWords - 1));

/** An entry larger than its shard can't be kept: shards are not made smaller than this. */
const minShardBytes = 512 * 1024;

/** Looking at every entry of a shard holds it up: shards are not made larger than this. */
const maxShardBytes = 16 * 1024 * 1024;

/**
 * Memory for a dict that all threads of the process may share.
 *
 * @param bytes Of entries and all that keeping them takes; at least 8,192. Untouched memory costs nothing.
 * @param maxShards Threads meet less often with more of them, and the largest entry gets smaller. A power of two, default 16;
 * above 16 MiB a shard there are more.
 */
export const createZone = (bytes: number, maxShards = 16): SharedArrayBuffer => {
  if (!(bytes >= 8192)) throw new RangeError("a zone has at least 8,192 bytes");
  const most = Math.max(maxShards, 2 ** Math.ceil(Math.log2(bytes / maxShardBytes)));
  const shards = Math.min(most, 2 ** Math.max(0, Math.floor(Math.log2(bytes / minShardBytes))));
  const shardWords = Math.floor((bytes / 4 - headWords) / shards / blockWords) * blockWords;
  const buckets = 2 ** Math.floor(Math.log2(Math.max(blockWords, shardWords / blockWords / 2)));
  const blocks = Math.floor((shardWords - shardHeadWords - buckets) / blockWords);
  const zone = new SharedArrayBuffer((headWords + shards * shardWords) * 4);
  const words = new Int32Array(zone);
  words[zoneHead.shards] = shards;
  words[zoneHead.buckets] = buckets;
  words[zoneHead.blocks] = blocks;
  const secret = randomFillSync(new Int32Array(2));
  words[zoneHead.secret] = secret[0]!;
  // Odd: multiplication then loses nothing.
  words[zoneHead.multiplier] = secret[1]! | 1;
  return zone;
};

/** Where things are in a zone. */
export interface Geometry {
  readonly shards: number;
  readonly buckets: number;
  /** Of one shard. */
  readonly blocks: number;
  readonly shardWords: number;
  /** First word of the first shard. */
  readonly start: number;
  /** From a shard's first word to its buckets and its blocks. */
  readonly toBuckets: number;
  readonly toBlocks: number;
}

export const geometryOf = (words: Int32Array): Geometry => {
  const [shards, buckets, blocks] = [words[0]!, words[1]!, words[2]!];
  const toBlocks = shardHeadWords + buckets;
  return {
    shards,
    buckets,
    blocks,
    shardWords: toBlocks + blocks * blockWords,
    start: headWords,
    toBuckets: shardHeadWords,
    toBlocks,
  };
};
