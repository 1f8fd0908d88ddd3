import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { formatUuid } from "./format.ts";

const uuidsAtOnce = 128;

/**
 * Makes a maker of UUIDs that sort by their time: 48 bits of milliseconds, 32 bits that count, 42 random bits. Those
 * of one maker ascend strictly, also within a millisecond and when the clock goes back (then the last time stays).
 * Neither clock nor randomness is asked before the first call.
 *
 * @see RFC 9562 §5.7, §6.2 (method 1: a counter, here started anew at random below 2^31 each millisecond)
 */
export function uuidV7Maker(random: Pick<Random, "fill">, clock: Pick<Clock, "nowMs">): () => string {
  const bytes = new Uint8Array(16);
  let pool: Uint8Array | undefined;
  let at = 0;
  let lastMs = -1;
  let count = 0;
  return () => {
    pool ??= new Uint8Array(10 * uuidsAtOnce);
    if (at % pool.length === 0) {
      // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type
      random.fill(pool);
      at = 0;
    }
    const nowMs = clock.nowMs();
    if (nowMs > lastMs) {
      lastMs = nowMs;
      count = ((pool[at]! & 0x7f) << 24) | (pool[at + 1]! << 16) | (pool[at + 2]! << 8) | pool[at + 3]!;
    } else if (++count === 2 ** 32) {
      lastMs++;
      count = 0;
    }
    const high = Math.floor(lastMs / 0x1_0000);
    bytes[0] = high >>> 24;
    bytes[1] = high >>> 16;
    bytes[2] = high >>> 8;
    bytes[3] = high;
    bytes[4] = (lastMs % 0x1_0000) >>> 8;
    bytes[5] = lastMs % 0x100;
    // The counter's bits: 12 beside the version, 14 beside the variant, 6 in byte 10.
    bytes[6] = 0x70 | (count >>> 28);
    bytes[7] = count >>> 20;
    bytes[8] = 0x80 | ((count >>> 14) & 0x3f);
    bytes[9] = count >>> 6;
    bytes[10] = ((count & 0x3f) << 2) | (pool[at + 4]! & 3);
    for (let i = 11; i < 16; i++) bytes[i] = pool[at + i - 6]!;
    at += 10;
    return formatUuid(bytes);
  };
}

/** The milliseconds since the epoch in a version 7 UUID. @throws TypeError when `uuid` is none of version 7. */
export function uuidTimeMs(uuid: string): number {
  if (!/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(uuid))
    throw new TypeError(`"${uuid}" is not a UUID of version 7`);
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}
