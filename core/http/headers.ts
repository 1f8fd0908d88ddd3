import { fromByteString } from "./utf8.ts";

const same = (a: string, b: string): boolean =>
  a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase());

/**
 * Header fields in order. Repeated names stay distinct and names keep their case; access ignores case.
 *
 * Values are byte strings, as they stand on the wire: text of a configuration or a row enters by `toByteString`, and what
 * is compared with such text leaves by `text` or `fromByteString`.
 *
 * It wraps a flat array (name, value, name, value…) without copying: what an adapter parsed is what core reads.
 *
 * @see RFC 9110 §5.1, §5.3
 */
export class HeaderList {
  /** name, value, name, value… Change it through the methods only. */
  readonly flat: string[];

  constructor(flat: string[] = []) {
    this.flat = flat;
  }

  static from(pairs: Iterable<readonly [string, string]>): HeaderList {
    const list = new HeaderList();
    for (const [name, value] of pairs) list.flat.push(name, value);
    return list;
  }

  /** Number of field lines. */
  get size(): number {
    return this.flat.length / 2;
  }

  private indexOf(name: string): number {
    const { flat } = this;
    for (let i = 0; i < flat.length; i += 2) if (same(flat[i]!, name)) return i;
    return -1;
  }

  /** The first value of that name. */
  get(name: string): string | undefined {
    const at = this.indexOf(name);
    return at < 0 ? undefined : this.flat[at + 1];
  }

  /** The first value of that name as text. */
  text(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : fromByteString(value);
  }

  /** Every value of that name, in order. */
  getAll(name: string): string[] {
    const values: string[] = [];
    const { flat } = this;
    for (let i = 0; i < flat.length; i += 2) if (same(flat[i]!, name)) values.push(flat[i + 1]!);
    return values;
  }

  has(name: string): boolean {
    return this.indexOf(name) >= 0;
  }

  /** Replaces every field of that name by one; it takes the place of the first, or the end. */
  set(name: string, value: string): void {
    const at = this.indexOf(name);
    if (at < 0) {
      this.flat.push(name, value);
      return;
    }
    this.flat[at] = name;
    this.flat[at + 1] = value;
    this.removeFrom(at + 2, name);
  }

  setIfAbsent(name: string, value: string): void {
    if (this.indexOf(name) < 0) this.flat.push(name, value);
  }

  append(name: string, value: string): void {
    this.flat.push(name, value);
  }

  /** @returns Whether there was one. */
  delete(name: string): boolean {
    const at = this.indexOf(name);
    if (at < 0) return false;
    this.removeFrom(at, name);
    return true;
  }

  private removeFrom(start: number, name: string): void {
    const { flat } = this;
    let kept = start;
    for (let i = start; i < flat.length; i += 2) {
      if (same(flat[i]!, name)) continue;
      flat[kept] = flat[i]!;
      flat[kept + 1] = flat[i + 1]!;
      kept += 2;
    }
    flat.length = kept;
  }

  clone(): HeaderList {
    return new HeaderList(this.flat.slice());
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (let i = 0; i < this.flat.length; i += 2) yield [this.flat[i]!, this.flat[i + 1]!];
  }
}
