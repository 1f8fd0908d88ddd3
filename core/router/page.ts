import type { Filter } from "./filter.ts";
import { Keys } from "./cells.ts";
import type { Packed } from "./packed.ts";

/**
 * A part of a table: keys, and the values that one version of the table has for them. Versions share the keys and
 * only add to them; for a key of another version a page has no value. So a change copies eight bytes a key.
 */
export class Page<V> {
  private readonly keys: Keys;
  private readonly values: (V | undefined)[];
  /** Keys that have a value. */
  count: number;

  private constructor(keys: Keys, values: (V | undefined)[], count: number) {
    this.keys = keys;
    this.values = values;
    this.count = count;
  }

  /** @param capacity Keys that there is room for. */
  static empty<V>(capacity: number): Page<V> {
    const values: undefined[] = [];
    for (let number = 0; number < capacity; number++) values.push(undefined);
    return new Page<V>(new Keys(capacity), values, 0);
  }

  copy(): Page<V> {
    return new Page(this.keys, this.values.slice(), this.count);
  }

  /** The value of a key, the first `length` bytes of `packed` in a scope. @param mixed The key's hash. */
  get(mixed: number, scope: number, packed: Packed, length: number): V | undefined {
    const number = this.keys.find(mixed, scope, packed, length);
    return number < 0 ? undefined : this.values[number];
  }

  /** Keeps a value under all of `packed`; there must be room for a key. @returns The value before. */
  set(mixed: number, scope: number, packed: Packed, value: V): V | undefined {
    const number = this.keys.findOrAdd(mixed, scope, packed);
    const old = this.values[number];
    this.values[number] = value;
    if (old === undefined) this.count++;
    return old;
  }

  /** @returns The value before. */
  delete(mixed: number, scope: number, packed: Packed): V | undefined {
    const number = this.keys.find(mixed, scope, packed, packed.text.length);
    if (number < 0) return undefined;
    const old = this.values[number];
    this.values[number] = undefined;
    if (old !== undefined) this.count--;
    return old;
  }

  get isFull(): boolean {
    return this.keys.isFull;
  }

  /** The same values with room for more keys, those without a value left behind. */
  roomier(): Page<V> {
    const page = Page.empty<V>(this.count + (this.count >> 2) + 2);
    this.handOut(() => page);
    return page;
  }

  /** Gives each value to the page that `pageOf` says for its hash, which must have room. This one stays as it is. */
  handOut(pageOf: (mixed: number) => Page<V>): void {
    this.values.forEach((value, number) => {
      if (value === undefined) return;
      const page = pageOf(this.keys.hashAt(number));
      page.values[page.keys.adopt(this.keys, number)] = value;
      page.count++;
    });
  }

  all(): V[] {
    return this.values.filter((value) => value !== undefined);
  }

  /** Tells a filter of all keys. */
  admitAll(filter: Filter): void {
    this.values.forEach((value, number) => {
      if (value !== undefined) filter.admit(this.keys.stemAt(number), this.keys.lengthAt(number));
    });
  }
}
