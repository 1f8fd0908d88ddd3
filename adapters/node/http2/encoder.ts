import { SECRET } from "../../http1/index.ts";
import { ROW_BYTES, TABLE_BYTES } from "./decoder.ts";
import { encodeHuffman, huffmanLength } from "./huffman.ts";
import { STATIC_ROWS, staticFieldIndex, staticNameIndex } from "./statictable.ts";

/** An integer behind the bits of `first`. @see RFC 7541 §5.1 */
function integer(first: number, mask: number, value: number): string {
  if (value < mask) return String.fromCharCode(first | value);
  let text = String.fromCharCode(first | mask);
  let rest = value - mask;
  for (; rest >= 128; rest >>>= 7) text += String.fromCharCode((rest & 0x7f) | 0x80);
  return text + String.fromCharCode(rest);
}

function plain(text: string): string {
  return integer(0, 0x7f, text.length) + text;
}

function shortest(text: string): string {
  const codedLength = huffmanLength(text);
  if (codedLength >= text.length) return plain(text);
  return integer(0x80, 0x7f, codedLength) + encodeHuffman(text);
}

function literal(
  name: string,
  value: string,
  first: number,
  mask: number,
  text: (text: string) => string,
): string {
  const index = staticNameIndex(name);
  return integer(first, mask, index) + (index === 0 ? text(name) : "") + text(value);
}

/** The last form that a name was sent in, by any connection. */
interface Known {
  value: string;
  code: string;
  /** The code that also asks the other side to keep the field. */
  keptCode: string;
  hits: number;
  misses: number;
}

const known = new Map<string, Known>();
const MAX_NAMES = 512;
const MAX_VALUE_LENGTH = 512;
/** A name whose value changes more often than it repeats is not remembered any more. */
const PATIENCE = 64;
/** How often a value has to repeat to be worth a row in the table of a connection. */
const STEADY = 8;

/** Marks a literal that goes into the table, and one that no table on the way may keep. */
const KEPT = 0x40;
const NEVER_KEPT = 0x10;

function remember(name: string, value: string, last: Known | undefined): string {
  const code = literal(name, value, 0, 0x0f, shortest);
  // Slices of a text of its own: name and value as they came would keep a whole head in memory.
  const text = `${name} ${value}`;
  const ownValue = text.slice(name.length + 1);
  if (last !== undefined) {
    Object.assign(last, { value: ownValue, code, keptCode: "" });
    return code;
  }
  // Names that somebody invents push the others out, who come back with their next message.
  if (known.size >= MAX_NAMES) known.clear();
  known.set(text.slice(0, name.length), { value: ownValue, code, keptCode: "", hits: 0, misses: 0 });
  return code;
}

/** A field in the other side's table. */
interface Row {
  readonly value: string;
  /** How many rows were there before. */
  readonly place: number;
}

/**
 * Writes header lists (RFC 7541), one for each connection. The code of a field is made once for all connections; a
 * field that repeats goes into the table of the other side, one value for each name and never another: so nothing
 * is ever pushed out of the table, and what changes (dates, ids) does not enter it.
 */
export class Encoder {
  private rows = new Map<Known, Row>();
  private roomBytes = TABLE_BYTES;
  private update = "";

  /** The other side takes a table of so many bytes: begins anew. */
  resize(bytes: number): void {
    this.roomBytes = Math.min(bytes, TABLE_BYTES);
    this.rows = new Map();
    this.update = integer(0x20, 0x1f, 0) + integer(0x20, 0x1f, this.roomBytes);
  }

  /** @param fields Name, value, name, value…; names in lower case. @returns Single-byte characters. */
  encode(fields: readonly string[]): string {
    let block = this.update;
    this.update = "";
    for (let i = 0; i < fields.length; i += 2) block += this.field(fields[i]!, fields[i + 1]!);
    return block;
  }

  private field(name: string, value: string): string {
    const last = known.get(name);
    if (last !== undefined && last.value === value)
      return ++last.hits > STEADY ? this.steady(name, last) : last.code;
    const whole = staticFieldIndex(name, value);
    if (whole > 0) return integer(0x80, 0x7f, whole);
    if (SECRET.test(name)) return literal(name, value, NEVER_KEPT, 0x0f, plain);
    if (value.length > MAX_VALUE_LENGTH || (last !== undefined && ++last.misses > last.hits + PATIENCE))
      return literal(name, value, 0, 0x0f, plain);
    return remember(name, value, last);
  }

  private steady(name: string, last: Known): string {
    const { value } = last;
    const row = this.rows.get(last);
    if (row !== undefined)
      return row.value === value ? integer(0x80, 0x7f, STATIC_ROWS + this.rows.size - row.place) : last.code;
    const size = name.length + value.length + ROW_BYTES;
    if (size > this.roomBytes) return last.code;
    this.roomBytes -= size;
    this.rows.set(last, { value, place: this.rows.size });
    if (last.keptCode === "") last.keptCode = literal(name, value, KEPT, 0x3f, shortest);
    return last.keptCode;
  }
}
