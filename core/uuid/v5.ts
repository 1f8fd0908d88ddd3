import { formatUuid, uuidBytes } from "./format.ts";
import { sha1 } from "./sha1.ts";

const encoder = new TextEncoder();

/**
 * The UUID that belongs to `name` in `namespace`: the same one always and everywhere.
 *
 * @param namespace A UUID in text form.
 * @see RFC 9562 §5.5
 */
export function uuidV5(name: string, namespace: string): string {
  const text = encoder.encode(name);
  const bytes = new Uint8Array(16 + text.length);
  bytes.set(uuidBytes(namespace));
  bytes.set(text, 16);
  return formatUuid(sha1(bytes), 5);
}
