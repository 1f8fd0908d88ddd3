import type { Random } from "../ports/random.ts";

const uuidLength = 36;
const uuidsAtOnce = 128;
const digits = new TextEncoder().encode("0123456789abcdef");
const decoder = new TextDecoder();

/** Writes 16 bytes from `from` as 32 digits and four dashes from `to`. */
function write(bytes: Uint8Array, from: number, text: Uint8Array, to: number): void {
  let at = to;
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text[at++] = 45;
    const byte = bytes[from + i]!;
    text[at++] = digits[byte >> 4]!;
    text[at++] = digits[byte & 15]!;
  }
}

/**
 * Makes a maker of random UUIDs. It may be made where randomness is forbidden (a Worker's module scope): bytes are
 * taken at the first call, 2,048 for 128 UUIDs, and again whenever those are used up.
 *
 * They are slices of one text, which costs a fifth of putting each together. A UUID that is kept keeps the 4.6 KB of
 * its siblings: copy one that lives for long by the million.
 *
 * @param random Only `fill` is asked; it has to be cryptographically secure if the UUIDs are to be unguessable.
 * @see RFC 9562 §5.4
 */
export function uuidV4Maker(random: Pick<Random, "fill">): () => string {
  let bytes: Uint8Array | undefined;
  let page: Uint8Array | undefined;
  let text = "";
  let at = 0;
  const refill = (): void => {
    bytes ??= new Uint8Array(16 * uuidsAtOnce);
    page ??= new Uint8Array(uuidLength * uuidsAtOnce);
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type
    random.fill(bytes);
    for (let i = 0; i < uuidsAtOnce; i++) {
      const from = 16 * i;
      bytes[from + 6] = (bytes[from + 6]! & 0x0f) | 0x40;
      bytes[from + 8] = (bytes[from + 8]! & 0x3f) | 0x80;
      write(bytes, from, page, uuidLength * i);
    }
    text = decoder.decode(page);
    at = 0;
  };
  return () => {
    if (at === text.length) refill();
    at += uuidLength;
    return text.slice(at - uuidLength, at);
  };
}
