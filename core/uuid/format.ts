const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex digits of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hex[byte]!;
  return text;
}

/** The text form of the first 16 bytes with `version` and the variant of RFC 9562 §4 set. */
export function formatUuid(bytes: Uint8Array, version: number): string {
  const text = toHex(bytes.subarray(0, 16));
  const variant = hex[(bytes[8]! & 0x3f) | 0x80]!;
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${version}${text.slice(13, 16)}-${variant}${text.slice(18, 20)}-${text.slice(20)}`;
}

/** The 16 bytes of a UUID's text form. */
export function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll("-", "");
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16));
}
