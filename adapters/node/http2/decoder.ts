import { decodeHuffman } from "./huffman.ts";
import { STATIC_ROWS, staticNames, staticValues } from "./statictable.ts";

/** Bytes that a row of the table counts beyond its name and value. @see RFC 7541 §4.1 */
export const ROW_BYTES = 32;

/** Bytes of the dynamic table of either side: the protocol's default, so nothing has to be agreed on. */
export const TABLE_BYTES = 4_096;

/** What a header list may take. */
export interface ListLimits {
  /** Names and values in all. */
  readonly maxHeadBytes: number;
  readonly maxFields: number;
}

/** A header list as it was sent: name, value, name, value…, texts of single-byte characters. */
export interface HeaderBlock {
  readonly fields: string[];
  /** Larger than allowed: `fields` is cut off. */
  readonly tooLarge: boolean;
}

const NOTHING = Buffer.alloc(0);

class Malformed extends Error {}

/** Reads header blocks (RFC 7541). One for each connection: every block changes its table. */
export class Decoder {
  /** The newest row is at `newest`, older ones behind it, in a ring. */
  private names: string[] = [];
  private values: string[] = [];
  private newest = 0;
  private rows = 0;
  private bytesUsed = 0;
  private maxBytes = TABLE_BYTES;
  private bytes: Buffer = NOTHING;
  private at = 0;
  private end = 0;

  /** @returns undefined for what is no header block (a connection error, COMPRESSION_ERROR). */
  decode(bytes: Buffer, from: number, to: number, limits: ListLimits): HeaderBlock | undefined {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    try {
      return this.block(limits);
    } catch (error) {
      if (error instanceof Malformed) return undefined;
      throw error;
    }
  }

  private block({ maxHeadBytes, maxFields }: ListLimits): HeaderBlock {
    const fields: string[] = [];
    let left = maxHeadBytes;
    let isFirst = true;
    while (this.at < this.end) {
      const byte = this.bytes[this.at]!;
      if (byte >= 0x20 && byte < 0x40) {
        if (!isFirst) throw new Malformed();
        this.resize(this.integer(0x1f));
        continue;
      }
      isFirst = false;
      let name: string;
      let value: string;
      if (byte >= 0x80) {
        const index = this.integer(0x7f);
        name = this.nameAt(index);
        value = this.valueAt(index);
      } else {
        const isKept = byte >= 0x40;
        const index = this.integer(isKept ? 0x3f : 0x0f);
        name = index === 0 ? this.text() : this.nameAt(index);
        value = this.text();
        if (isKept) this.keep(name, value);
      }
      // The rest is still read: the table must go on as the other side believes.
      left -= name.length + value.length;
      if (left >= 0 && fields.length < maxFields * 2) fields.push(name, value);
      else left = -1;
    }
    return { fields, tooLarge: left < 0 };
  }

  /** @param mask Of the bits that the integer begins with. @see RFC 7541 §5.1 */
  private integer(mask: number): number {
    let value = this.bytes[this.at++]! & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.at >= this.end) throw new Malformed();
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Malformed();
  }

  private text(): string {
    if (this.at >= this.end) throw new Malformed();
    const isCoded = this.bytes[this.at]! >= 0x80;
    const length = this.integer(0x7f);
    const from = this.at;
    const to = from + length;
    if (to > this.end) throw new Malformed();
    this.at = to;
    if (!isCoded) return this.bytes.toString("latin1", from, to);
    const text = decodeHuffman(this.bytes, from, to);
    if (text === undefined) throw new Malformed();
    return text;
  }

  private nameAt(index: number): string {
    return index <= STATIC_ROWS && index > 0 ? staticNames[index]! : this.names[this.place(index)]!;
  }

  private valueAt(index: number): string {
    return index <= STATIC_ROWS && index > 0 ? staticValues[index]! : this.values[this.place(index)]!;
  }

  private place(index: number): number {
    const row = index - STATIC_ROWS - 1;
    if (row < 0 || row >= this.rows) throw new Malformed();
    return (this.newest + row) & (this.names.length - 1);
  }

  private keep(name: string, value: string): void {
    const size = name.length + value.length + ROW_BYTES;
    this.evict(this.maxBytes - size);
    if (size > this.maxBytes) return;
    if (this.rows === this.names.length) this.grow();
    this.newest = (this.newest - 1) & (this.names.length - 1);
    this.names[this.newest] = name;
    this.values[this.newest] = value;
    this.rows++;
    this.bytesUsed += size;
  }

  /** Doubles the ring. */
  private grow(): void {
    const inOrder = (ring: string[]): string[] => [
      ...ring.slice(this.newest),
      ...ring.slice(0, this.newest),
      ...Array.from<string>({ length: Math.max(ring.length, 8) }).fill(""),
    ];
    this.names = inOrder(this.names);
    this.values = inOrder(this.values);
    this.newest = 0;
  }

  /** Drops the oldest rows until the table takes `maxBytes`, or nothing. */
  private evict(maxBytes: number): void {
    while (this.rows > 0 && this.bytesUsed > maxBytes) {
      const oldest = (this.newest + this.rows - 1) & (this.names.length - 1);
      this.bytesUsed -= this.names[oldest]!.length + this.values[oldest]!.length + ROW_BYTES;
      this.names[oldest] = this.values[oldest] = "";
      this.rows--;
    }
  }

  private resize(maxBytes: number): void {
    if (maxBytes > TABLE_BYTES) throw new Malformed();
    this.maxBytes = maxBytes;
    this.evict(maxBytes);
  }
}
