import type { Random } from "../ports/random.ts";
import { formatUuid } from "./format.ts";

/** Makes a maker of random UUIDs. @see RFC 9562 §5.4 */
export function uuidV4Maker(random: Random): () => string {
  const bytes = new Uint8Array(16);
  return () => {
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type
    random.fill(bytes);
    return formatUuid(bytes, 4);
  };
}
