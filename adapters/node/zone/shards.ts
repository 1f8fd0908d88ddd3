import { Chain } from "./chain.ts";
import { Key, keyWords, unpack } from "./key.ts";
import { Latch } from "./latch.ts";
import {
  blockBytes,
  blocksFor,
  blockWords,
  entryNumber,
  entryWord,
  type Geometry,
  geometryOf,
  shardHead,
  zoneHead,
} from "./layout.ts";
import { kinds, type Parcel } from "./value.ts";

const lengthMask = 0xffff;
const wideBit = 1 << 16;
const kindShift = 20;

/**
 * Entries of a zone, as one thread reaches them. `enter` comes first and `leave` last; between them nothing else
 * happens in that shard. An entry is known by the number of its first word, 0 is none.
 *
 * Whoever rewrites links says so before and after ({@link Shards.change}). A thread that ends between leaves a shard
 * that nobody can trust: the next to enter empties it.
 */
export class Shards {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  readonly geometry: Geometry;
  readonly key: Key;
  private readonly latch: Latch;
  private readonly chain: Chain;
  private readonly keyText = new Int32Array(32_768);

  constructor(zone: SharedArrayBuffer, owner: number) {
    this.words = new Int32Array(zone);
    this.numbers = new Float64Array(zone);
    this.geometry = geometryOf(this.words);
    this.key = new Key(this.words[zoneHead.secret]!, this.words[zoneHead.multiplier]!);
    this.latch = new Latch(this.words, owner);
    this.chain = new Chain(this.words);
  }

  /** @param index From 0. @returns The shard's first word. */
  at(index: number): number {
    return this.geometry.start + index * this.geometry.shardWords;
  }

  /** Enters the shard of a key, which is the key of all that follows. */
  enter(key: string): number {
    this.key.pack(key);
    const shard = this.at(this.key.hash % this.geometry.shards);
    this.enterShard(shard);
    return shard;
  }

  enterShard(shard: number): void {
    this.latch.enter(shard);
    if (this.words[shard + shardHead.changing] !== 0) this.reset(shard);
  }

  leave(shard: number): void {
    this.latch.leave(shard);
  }

  /** Links of the shard are about to be rewritten, or are whole again. */
  change(shard: number, isChanging: 0 | 1): void {
    this.words[shard + shardHead.changing] = isChanging;
  }

  private reset(shard: number): void {
    const { words, geometry } = this;
    words.fill(0, shard + geometry.toBuckets, shard + geometry.toBlocks);
    for (const field of ["newest", "oldest", "free", "fresh", "used"] as const)
      words[shard + shardHead[field]] = 0;
    words[shard + shardHead.resets]! += 1;
    words[shard + shardHead.changing] = 0;
  }

  private bucket(shard: number, hash: number): number {
    return shard + this.geometry.toBuckets + ((hash >>> 8) & (this.geometry.buckets - 1));
  }

  /** The entry under the key, live or not. */
  find(shard: number): number {
    const { words, key } = this;
    const hash = key.hash | 0;
    const wanted = key.length | (key.isWide ? wideBit : 0);
    let entry = words[this.bucket(shard, hash)]! * blockWords;
    while (entry !== 0) {
      if (
        words[entry + entryWord.hash] === hash &&
        (words[entry + entryWord.key]! & (wideBit | lengthMask)) === wanted
      ) {
        this.chain.start(entry);
        if (this.chain.equals(key.words, key.size)) return entry;
      }
      entry = words[entry + entryWord.bucketNext]! * blockWords;
    }
    return 0;
  }

  isOver(entry: number, nowMs: number): boolean {
    return this.numbers[entry / 2 + entryNumber.expiresAtMs]! <= nowMs;
  }

  kind(entry: number): number {
    return this.words[entry + entryWord.key]! >>> kindShift;
  }

  private keyWords(entry: number): number {
    const word = this.words[entry + entryWord.key]!;
    return keyWords(word & lengthMask, (word & wideBit) !== 0);
  }

  keyOf(entry: number): string {
    const word = this.words[entry + entryWord.key]!;
    const size = this.keyWords(entry);
    this.chain.start(entry);
    this.chain.read(this.keyText, size);
    return unpack(this.keyText, word & lengthMask, (word & wideBit) !== 0);
  }

  /** Copies an entry's value out. */
  load(entry: number, parcel: Parcel): void {
    const bytes = this.words[entry + entryWord.bytes]!;
    parcel.kind = this.kind(entry);
    if (parcel.kind === kinds.number) parcel.number = this.numbers[entry / 2 + entryNumber.value]!;
    if (parcel.kind < kinds.ascii || parcel.kind === kinds.list) return;
    parcel.bytes = bytes;
    parcel.reserve(bytes);
    this.chain.start(entry);
    this.chain.skip(this.keyWords(entry));
    this.chain.read(parcel.words, (bytes + 3) >> 2);
  }

  /** Blocks for the key that was entered with and a value. */
  blocksFor(parcel: Parcel): number {
    return blocksFor(this.key.size + ((parcel.bytes + 3) >> 2));
  }

  /** Blocks that an entry has. */
  blocksOf(entry: number): number {
    const bytes = this.kind(entry) === kinds.list ? 0 : this.words[entry + entryWord.bytes]!;
    return blocksFor(this.keyWords(entry) + ((bytes + 3) >> 2));
  }

  freeBlocks(shard: number): number {
    return this.geometry.blocks - this.words[shard + shardHead.used]!;
  }

  freeBytes(shard: number): number {
    return this.freeBlocks(shard) * blockBytes;
  }

  /** Takes blocks that are known to be free, linked to each other. @returns The first word of the first one. */
  take(shard: number, count: number): number {
    const { words } = this;
    const firstBlock = (shard + this.geometry.toBlocks) / blockWords;
    let next = 0;
    for (let i = 0; i < count; i++) {
      let block = words[shard + shardHead.free]!;
      if (block !== 0) words[shard + shardHead.free] = words[block * blockWords + entryWord.next]!;
      else block = firstBlock + words[shard + shardHead.fresh]!++;
      words[block * blockWords + entryWord.next] = next;
      next = block;
    }
    words[shard + shardHead.used]! += count;
    return next * blockWords;
  }

  /** Gives an entry's blocks back. */
  give(shard: number, entry: number): void {
    const { words } = this;
    let last = entry;
    let count = 1;
    for (let next = words[last + entryWord.next]!; next !== 0; next = words[last + entryWord.next]!, count++)
      last = next * blockWords;
    words[last + entryWord.next] = words[shard + shardHead.free]!;
    words[shard + shardHead.free] = entry / blockWords;
    words[shard + shardHead.used]! -= count;
  }

  /** Writes facts, key (of `enter`, or none) and value into blocks that are taken. */
  fill(entry: number, parcel: Parcel, flags: number, expiresAtMs: number, key: Key | undefined): void {
    const { words } = this;
    const head = key === undefined ? 0 : key.length | (key.isWide ? wideBit : 0);
    words[entry + entryWord.key] = head | (parcel.kind << kindShift);
    words[entry + entryWord.flags] = flags;
    words[entry + entryWord.bytes] = parcel.bytes;
    this.numbers[entry / 2 + entryNumber.expiresAtMs] = expiresAtMs;
    this.numbers[entry / 2 + entryNumber.value] = parcel.kind === kinds.number ? parcel.number : 0;
    this.chain.start(entry);
    if (key !== undefined) this.chain.write(key.words, key.size);
    if (parcel.bytes > 0) this.chain.write(parcel.words, (parcel.bytes + 3) >> 2);
  }

  /** Puts an entry under its key, as the one used last. */
  insert(shard: number, entry: number): void {
    const { words, key } = this;
    const bucket = this.bucket(shard, key.hash);
    words[entry + entryWord.hash] = key.hash | 0;
    words[entry + entryWord.bucketNext] = words[bucket]!;
    words[bucket] = entry / blockWords;
    this.link(shard, entry);
  }

  /** Takes an entry out and frees it, with the elements of a list. */
  drop(shard: number, entry: number): void {
    const { words } = this;
    let at = this.bucket(shard, words[entry + entryWord.hash]!);
    while (words[at]! * blockWords !== entry) at = words[at]! * blockWords + entryWord.bucketNext;
    words[at] = words[entry + entryWord.bucketNext]!;
    this.unlink(shard, entry);
    if (this.kind(entry) === kinds.list) {
      let element = words[entry + entryWord.first]! * blockWords;
      while (element !== 0) {
        const next = words[element + entryWord.older]! * blockWords;
        this.give(shard, element);
        element = next;
      }
    }
    this.give(shard, entry);
  }

  /** Makes an entry the one used last. */
  use(shard: number, entry: number): void {
    if (this.words[shard + shardHead.newest]! * blockWords === entry) return;
    this.change(shard, 1);
    this.unlink(shard, entry);
    this.link(shard, entry);
    this.change(shard, 0);
  }

  private link(shard: number, entry: number): void {
    const { words } = this;
    const before = words[shard + shardHead.newest]!;
    words[entry + entryWord.older] = before;
    words[entry + entryWord.newer] = 0;
    words[shard + shardHead.newest] = entry / blockWords;
    if (before === 0) words[shard + shardHead.oldest] = entry / blockWords;
    else words[before * blockWords + entryWord.newer] = entry / blockWords;
  }

  private unlink(shard: number, entry: number): void {
    const { words } = this;
    const newer = words[entry + entryWord.newer]!;
    const older = words[entry + entryWord.older]!;
    if (newer === 0) words[shard + shardHead.newest] = older;
    else words[newer * blockWords + entryWord.older] = older;
    if (older === 0) words[shard + shardHead.oldest] = newer;
    else words[older * blockWords + entryWord.newer] = newer;
  }

  /** The entry used least recently. */
  oldest(shard: number): number {
    return this.words[shard + shardHead.oldest]! * blockWords;
  }

  /** The entry used after this one. */
  newer(entry: number): number {
    return this.words[entry + entryWord.newer]! * blockWords;
  }
}
