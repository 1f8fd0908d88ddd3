import { Filter } from "./filter.ts";
import { Packed, mix } from "./packed.ts";
import { Page } from "./page.ts";
import { pageBits } from "./cells.ts";

/** Beyond so many keys a table has many pages; up to there one, whose lines lie together. */
const onePageKeys = 256;
/** A change of one key at 100,000 copies the values of one of 256 pages of some 400 keys. */
const manyPages = 1 << pageBits;

const noPages: readonly Page<never>[] = [Page.empty<never>(0)];

/** For keys that come as text: look-ups never wait, so they don't overlap. */
const scratch = new Packed();

/**
 * A map from (scope, text) to values that never changes: an edit makes a new version that shares all pages but the
 * touched ones.
 *
 * A key that is not there is mostly turned away by a bit of the filter, which is small enough for the processor's
 * nearer caches; most look-ups of a router are such. A byte of it tells of eight lengths of one text, of which a path
 * asks for all.
 */
export class Table<V> {
  readonly pages: readonly Page<V>[];
  /** Shared by versions: a bit too many costs a look now and then, never an answer. */
  readonly filter: Filter;
  readonly size: number;

  constructor(pages: readonly Page<V>[] = noPages, filter = new Filter(0), size = 0) {
    this.pages = pages;
    this.filter = filter;
    this.size = size;
  }

  get(scope: number, text: string): V | undefined {
    const packed = scratch.pack(text);
    const { length } = packed.text;
    if (((this.lengthsNear(scope, packed, length) >>> (length & 7)) & 1) === 0) return undefined;
    return this.getPrefix(scope, packed, length);
  }

  /**
   * Lengths from `length & ~7` to `length | 7` that a prefix of the text may have here, a bit for each: for the others
   * {@link getPrefix} finds nothing.
   */
  lengthsNear(scope: number, packed: Packed, length: number): number {
    return this.filter.get(packed.stemOf(scope, length));
  }

  /** The value of the first `length` bytes of a text. */
  getPrefix(scope: number, packed: Packed, length: number): V | undefined {
    const mixed = mix(scope, packed.hashOf(length));
    const { pages } = this;
    return pages[mixed & (pages.length - 1)]!.get(mixed, scope, packed, length);
  }

  /** All values, in no order that means anything. */
  *values(): Generator<V> {
    for (const page of this.pages) yield* page.all();
  }

  /** @param growth About how many keys will be added: pages begin in that size. */
  edit(growth = 0): TableEditor<V> {
    return new TableEditor(this, growth);
  }
}

/** A version of a table in the making. */
export class TableEditor<V> {
  private pages: Page<V>[];
  private readonly before: Table<V>;
  /** Pages that are this version's alone, by number. */
  private readonly owned = new Uint8Array(manyPages);
  /** Stem and length of each new key, for the filter. */
  private readonly added: number[] = [];
  /** Keys that a new page has room for. */
  private readonly firstRoom: number;
  private size: number;

  constructor(table: Table<V>, growth: number) {
    this.firstRoom = Math.ceil((growth * 9) / 8 / manyPages) + 1;
    this.before = table;
    this.pages = table.pages.slice();
    this.size = table.size;
    this.makeRoom(growth);
  }

  private makeRoom(growth: number): void {
    const [only] = this.pages;
    if (this.pages.length > 1 || this.size + growth <= onePageKeys) return;
    this.pages = Array.from({ length: manyPages }, () => noPages[0]!);
    this.owned.fill(0);
    only!.handOut((mixed) => this.roomFor(mixed));
  }

  get(scope: number, text: string): V | undefined {
    const packed = scratch.pack(text);
    const { length } = packed.text;
    const mixed = mix(scope, packed.hashOf(length));
    return this.pages[this.numberOf(mixed)]!.get(mixed, scope, packed, length);
  }

  private numberOf(mixed: number): number {
    return mixed & (this.pages.length - 1);
  }

  /** The page of a hash, free to change. */
  private own(mixed: number): Page<V> {
    const at = this.numberOf(mixed);
    const page = this.pages[at]!;
    if (this.owned[at] === 1) return page;
    this.owned[at] = 1;
    return (this.pages[at] = page.count === 0 ? Page.empty(this.firstRoom) : page.copy());
  }

  /** The same, with room for one key more. */
  private roomFor(mixed: number): Page<V> {
    const page = this.own(mixed);
    return page.isFull ? (this.pages[this.numberOf(mixed)] = page.roomier()) : page;
  }

  /** @returns The value before. */
  set(scope: number, text: string, value: V): V | undefined {
    this.makeRoom(1);
    const packed = scratch.pack(text);
    const { length } = packed.text;
    const mixed = mix(scope, packed.hashOf(length));
    const page = this.roomFor(mixed);
    const { count } = page;
    const old = page.set(mixed, scope, packed, value);
    if (page.count > count) {
      this.size++;
      this.added.push(packed.stemOf(scope, length), length);
    }
    return old;
  }

  /** @returns The value before. */
  delete(scope: number, text: string): V | undefined {
    const packed = scratch.pack(text);
    const { length } = packed.text;
    const mixed = mix(scope, packed.hashOf(length));
    if (this.pages[this.numberOf(mixed)]!.get(mixed, scope, packed, length) === undefined) return undefined;
    this.size--;
    return this.own(mixed).delete(mixed, scope, packed);
  }

  /** The new version. The editor must not be used afterwards. */
  commit(): Table<V> {
    return new Table(this.pages, this.filter(), this.size);
  }

  private filter(): Filter {
    const { pages, size, added } = this;
    let { filter } = this.before;
    if (!filter.suits(size, added.length / 2)) {
      filter = new Filter(size);
      for (const page of pages) page.admitAll(filter);
    } else for (let i = 0; i < added.length; i += 2) filter.admit(added[i]!, added[i + 1]!);
    return filter;
  }
}
