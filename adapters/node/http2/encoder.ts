import { SECRET } from "../http/serialise.ts";
import { encodeHuffman, huffmanLength } from "./huffman.ts";
import { staticFieldIndex, staticNameIndex } from "./statictable.ts";

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

function encodeOnce(name: string, value: string, first: number, text: (text: string) => string): string {
  const whole = staticFieldIndex(name, value);
  if (whole > 0) return integer(0x80, 0x7f, whole);
  const index = staticNameIndex(name);
  return integer(first, 0x0f, index) + (index === 0 ? text(name) : "") + text(value);
}

/** The last form that a name was sent in. */
interface Known {
  value: string;
  code: string;
  hits: number;
  misses: number;
}

const known = new Map<string, Known>();
const MAX_NAMES = 512;
const MAX_VALUE_LENGTH = 512;
/** A name whose value changes more often than it repeats is not remembered any more. */
const PATIENCE = 64;

/** Marks that no table on the way may keep a field. */
const NEVER_KEPT = 0x10;

/**
 * The code of one field (RFC 7541 §6), as single-byte characters. @param name In lower case.
 *
 * Nothing goes into the other side's table, so a field is the same for each connection: its shortest code is made
 * once and remembered, and no connection keeps a table.
 */
export function encodeField(name: string, value: string): string {
  const last = known.get(name);
  if (last !== undefined && last.value === value) {
    last.hits++;
    return last.code;
  }
  if (SECRET.test(name)) return encodeOnce(name, value, NEVER_KEPT, plain);
  if (value.length > MAX_VALUE_LENGTH || (last !== undefined && ++last.misses > last.hits + PATIENCE))
    return encodeOnce(name, value, 0, plain);
  return remember(name, value, last);
}

function remember(name: string, value: string, last: Known | undefined): string {
  const code = encodeOnce(name, value, 0, shortest);
  // Slices of a text of its own: name and value as they came would keep a whole head in memory.
  const text = `${name} ${value}`;
  const ownValue = text.slice(name.length + 1);
  if (last !== undefined) {
    last.value = ownValue;
    last.code = code;
    return code;
  }
  // Names that somebody invents push the others out, who come back with their next message.
  if (known.size >= MAX_NAMES) known.clear();
  known.set(text.slice(0, name.length), { value: ownValue, code, hits: 0, misses: 0 });
  return code;
}
