import type { Random } from "../ports/random.ts";

const poolBytes = 4096;
const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * A source of request ids: 32 lower-case hexadecimal characters, random.
 *
 * Randomness is drawn 4 KiB at a time, at first use: a call for each id would cost more than the id.
 */
export const requestIds = (random: Random): (() => string) => {
  const pool = new Uint8Array(poolBytes);
  let at = poolBytes;
  return () => {
    if (at === poolBytes) {
      random.fill(pool);
      at = 0;
    }
    let id = "";
    for (const end = at + 16; at < end; at++) id += hex[pool[at]!]!;
    return id;
  };
};
