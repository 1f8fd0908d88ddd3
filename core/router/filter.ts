/**
 * Tells of most keys that are not in a table that they are not. A byte for each stem (the whole eights of bytes that a
 * text begins with, in its scope), and in it a bit for each of the eight lengths from there on: a path looks at one byte
 * for up to eight of its prefixes.
 */
export class Filter {
  private readonly bytes: Uint8Array;
  private readonly mask: number;
  /** Keys admitted so far, those that have left the table since included. */
  private admitted = 0;

  /** @param size Keys to come, about; twice as many find room. Then one key in twenty gets through that is not there. */
  constructor(size: number) {
    const length = 2 ** Math.ceil(Math.log2(size + 1)) * 2;
    this.bytes = new Uint8Array(length);
    this.mask = length - 1;
  }

  /** Lengths, as bits by their remainder by eight, that keys of a stem may have. */
  get(stem: number): number {
    return this.bytes[stem & this.mask]!;
  }

  admit(stem: number, length: number): void {
    this.bytes[stem & this.mask]! |= 1 << (length & 7);
    this.admitted++;
  }

  /** Whether it stays good, and no waste, for a table of that many keys after so many more. */
  suits(size: number, more: number): boolean {
    const { length } = this.bytes;
    return this.admitted + more <= length && length <= (size + 1) * 16;
  }
}
