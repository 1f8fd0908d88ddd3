import type { Random } from "../ports/random.ts";

const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** A random UUID. @see RFC 9562 §5.4 */
export const uuidV4 = (random: Random): string => {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let id = "";
  for (let i = 0; i < 16; i++)
    id += i === 4 || i === 6 || i === 8 || i === 10 ? `-${hex[bytes[i]!]!}` : hex[bytes[i]!]!;
  return id;
};
