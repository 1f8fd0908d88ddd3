import type { Filter } from "./filter.ts";
import { Keys } from "./slots.ts";
import type { Packed } from "./packed.ts";

/**
 * A part of a table: keys, and the values that one version of the table has for them. Versions share the keys and
 * only add to them; for a key of another version a page has no value. So a change copies eight bytes a slot.
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

  static empty<V>(slots: number): Page<V> {
    const values: undefined[] = [];
    for (let slot = 0; slot < slots; slot++) values.push(undefined);
    return new Page<V>(new Keys(slots), values, 0);
  }

  copy(): Page<V> {
    return new Page(this.keys, this.values.slice(), this.count);
  }

  /** The value of a key, the first `length` bytes of `packed` in a scope. @param mixed The key's hash. */
  get(mixed: number, scope: number, packed: Packed, length: number): V | undefined {
    const slot = this.keys.find(mixed, scope, packed, length);
    return slot < 0 ? undefined : this.values[slot];
  }

  /** Keeps a value under all of `packed`; there must be room for a key. @returns The value before. */
  set(mixed: number, scope: number, packed: Packed, value: V): V | undefined {
    const slot = this.keys.findOrAdd(mixed, scope, packed);
    const old = this.values[slot];
    this.values[slot] = value;
    if (old === undefined) this.count++;
    return old;
  }

  /** @returns The value before. */
  delete(mixed: number, scope: number, packed: Packed): V | undefined {
    const slot = this.keys.find(mixed, scope, packed, packed.text.length);
    if (slot < 0) return undefined;
    const old = this.values[slot];
    this.values[slot] = undefined;
    if (old !== undefined) this.count--;
    return old;
  }

  get isFull(): boolean {
    return this.keys.isFull;
  }

  /** The same values with room for more keys, those without a value left behind. */
  roomier(): Page<V> {
    const slots = this.values.length;
    const page = Page.empty<V>(this.count * 3 > slots ? slots * 2 : slots);
    this.handOut(() => page);
    return page;
  }

  /** Gives each value to the page that `pageOf` says for its hash, which must have room. This one stays as it is. */
  handOut(pageOf: (mixed: number) => Page<V>): void {
    this.values.forEach((value, slot) => {
      if (value === undefined) return;
      const page = pageOf(this.keys.hashAt(slot));
      page.values[page.keys.adopt(this.keys, slot)] = value;
      page.count++;
    });
  }

  all(): V[] {
    return this.values.filter((value) => value !== undefined);
  }

  /** Tells a filter of all keys. */
  admitAll(filter: Filter): void {
    this.values.forEach((value, slot) => {
      if (value !== undefined) filter.admit(this.keys.stemAt(slot), this.keys.lengthAt(slot));
    });
  }
}
