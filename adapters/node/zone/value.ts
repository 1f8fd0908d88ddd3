import type { DictValue } from "../../../core/index.ts";

/** What a value is, as it stands in an entry. */
export const kinds = { none: 0, number: 1, yes: 2, no: 3, ascii: 4, wide: 5, bytes: 6, list: 7 } as const;

/** A value outside the zone: packed before the latch is taken, unpacked when it is free again. */
export class Parcel {
  kind: number = kinds.none;
  number = 0;
  bytes = 0;
  words = new Int32Array(1024);
  private buffer = Buffer.from(this.words.buffer);

  pack(value: DictValue): void {
    this.bytes = 0;
    if (typeof value === "string") this.packText(value);
    else if (typeof value === "number") {
      this.kind = kinds.number;
      this.number = value;
    } else if (typeof value === "boolean") this.kind = value ? kinds.yes : kinds.no;
    else {
      this.reserve(value.byteLength);
      this.buffer.set(value);
      this.kind = kinds.bytes;
      this.bytes = value.byteLength;
    }
  }

  /** One byte a character where all are ASCII, else two: exact for every text, halves of surrogate pairs too. */
  private packText(text: string): void {
    const { length } = text;
    // UTF-8 takes up to three bytes a character; as many bytes as characters mean that all are ASCII.
    this.reserve(3 * length);
    if (this.buffer.write(text, "utf8") === length) {
      this.kind = kinds.ascii;
      this.bytes = length;
    } else {
      this.buffer.write(text, "utf16le");
      this.kind = kinds.wide;
      this.bytes = 2 * length;
    }
  }

  /** @throws TypeError for a list. */
  unpack(): DictValue {
    switch (this.kind) {
      case kinds.number:
        return this.number;
      case kinds.yes:
        return true;
      case kinds.no:
        return false;
      case kinds.ascii:
        return this.buffer.toString("latin1", 0, this.bytes);
      case kinds.wide:
        return this.buffer.toString("utf16le", 0, this.bytes);
      case kinds.bytes:
        return new Uint8Array(this.buffer.buffer.slice(0, this.bytes));
      default:
        throw new TypeError("value is a list");
    }
  }

  /** Room for so many bytes; what was inside is lost when it has to grow. */
  reserve(bytes: number): void {
    if (bytes <= this.buffer.byteLength) return;
    this.words = new Int32Array(2 ** Math.ceil(Math.log2(bytes / 4)));
    this.buffer = Buffer.from(this.words.buffer);
  }
}
