import type { DictValue } from "../../../core/index.ts";
import { blocksFor, blockWords, entryWord } from "./layout.ts";
import { makeRoom } from "./room.ts";
import type { Shards } from "./shards.ts";
import { kinds, Parcel } from "./value.ts";

const elementBlocks = (parcel: Parcel): number => blocksFor((parcel.bytes + 3) >> 2);

/** An end of a list: where the list names it, and which way its neighbours are. */
const front = {
  own: entryWord.first,
  far: entryWord.last,
  towards: entryWord.older,
  back: entryWord.newer,
} as const;
const rear = {
  own: entryWord.last,
  far: entryWord.first,
  towards: entryWord.newer,
  back: entryWord.older,
} as const;

/** Lists of a zone. Their elements are entries without a key, linked as those in the list of uses are. */
export class Lists {
  private readonly shards: Shards;
  private readonly parcel = new Parcel();
  private readonly head = new Parcel();

  constructor(shards: Shards) {
    this.shards = shards;
    this.head.kind = kinds.list;
  }

  push(key: string, value: DictValue, isFirst: boolean, nowMs: number): number | undefined {
    const { shards, parcel } = this;
    parcel.pack(value);
    const shard = shards.enter(key);
    try {
      const found = this.find(shard, nowMs);
      shards.change(shard, 1);
      const blocks = elementBlocks(parcel);
      const list = found === 0 ? this.begin(shard, blocks, nowMs) : found;
      const isRoom = list !== 0 && makeRoom(shards, shard, blocks, nowMs, false, list);
      const length = isRoom ? this.link(shard, list, isFirst ? front : rear) : undefined;
      shards.change(shard, 0);
      return length;
    } finally {
      shards.leave(shard);
    }
  }

  pop(key: string, isFirst: boolean, nowMs: number): DictValue | undefined {
    const { shards } = this;
    const shard = shards.enter(key);
    try {
      const list = this.find(shard, nowMs);
      if (list === 0) return undefined;
      shards.change(shard, 1);
      if (this.unlink(shard, list, isFirst ? front : rear) === 0) shards.drop(shard, list);
      shards.change(shard, 0);
    } finally {
      shards.leave(shard);
    }
    return this.parcel.unpack();
  }

  length(key: string, nowMs: number): number {
    const shard = this.shards.enter(key);
    try {
      const list = this.find(shard, nowMs);
      return list === 0 ? 0 : this.shards.words[list + entryWord.bytes]!;
    } finally {
      this.shards.leave(shard);
    }
  }

  private find(shard: number, nowMs: number): number {
    const { shards } = this;
    const entry = shards.find(shard);
    if (entry === 0 || shards.isOver(entry, nowMs)) return 0;
    if (shards.kind(entry) !== kinds.list) throw new TypeError("value not a list");
    return entry;
  }

  /** An empty list in the place of what is over, if there is room for it and for so many blocks more; else 0. */
  private begin(shard: number, more: number, nowMs: number): number {
    const { shards, head } = this;
    const old = shards.find(shard);
    if (old !== 0) shards.drop(shard, old);
    const blocks = shards.blocksFor(head);
    if (!makeRoom(shards, shard, blocks + more, nowMs, false)) return 0;
    const list = shards.take(shard, blocks);
    shards.fill(list, head, 0, Infinity, shards.key);
    shards.insert(shard, list);
    return list;
  }

  private link(shard: number, list: number, { own, far, towards, back }: typeof front | typeof rear): number {
    const { shards, parcel } = this;
    const { words } = shards;
    const element = shards.take(shard, elementBlocks(parcel));
    shards.fill(element, parcel, 0, Infinity, undefined);
    const neighbour = words[list + own]!;
    words[element + towards] = neighbour;
    words[element + back] = 0;
    words[list + own] = element / blockWords;
    if (neighbour === 0) words[list + far] = element / blockWords;
    else words[neighbour * blockWords + back] = element / blockWords;
    return ++words[list + entryWord.bytes]!;
  }

  /** @returns The elements left. */
  private unlink(
    shard: number,
    list: number,
    { own, far, towards, back }: typeof front | typeof rear,
  ): number {
    const { shards, parcel } = this;
    const { words } = shards;
    const element = words[list + own]! * blockWords;
    const neighbour = words[element + towards]!;
    shards.load(element, parcel);
    words[list + own] = neighbour;
    if (neighbour === 0) words[list + far] = 0;
    else words[neighbour * blockWords + back] = 0;
    shards.give(shard, element);
    return --words[list + entryWord.bytes]!;
  }
}
