import type { Random } from "../ports/random.ts";

const idLength = 32;
const idsAtOnce = 128;
const digits = new TextEncoder().encode("0123456789abcdef");
const decoder = new TextDecoder();

/**
 * A source of request ids: 32 lower-case hexadecimal characters, random.
 *
 * They are made 128 at a time, at first use, as slices of one text: 25 ns an id, and flat; 16 pairs of digits put
 * together take 200, and again as much when the text is written.
 */
export const requestIds = (random: Random): (() => string) => {
  const bytes = new Uint8Array((idsAtOnce * idLength) / 2);
  const hex = new Uint8Array(idsAtOnce * idLength);
  let text = "";
  let at = 0;
  const refill = (): void => {
    random.fill(bytes);
    for (let i = 0; i < bytes.length; i++) {
      hex[2 * i] = digits[bytes[i]! >> 4]!;
      hex[2 * i + 1] = digits[bytes[i]! & 15]!;
    }
    text = decoder.decode(hex);
    at = 0;
  };
  return () => {
    if (at === text.length) refill();
    at += idLength;
    return text.slice(at - idLength, at);
  };
};
