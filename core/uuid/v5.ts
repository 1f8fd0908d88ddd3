import { formatUuid, uuidBytes } from "./format.ts";
import { sha1 } from "./sha1.ts";

const encoder = new TextEncoder();

/**
 * Makes the maker of a namespace's UUIDs: a name has the same one always and everywhere.
 *
 * @param namespace A UUID in text form.
 * @see RFC 9562 §5.5
 */
export function uuidV5Maker(namespace: string): (name: string) => string {
  const prefix = uuidBytes(namespace);
  return (name) => {
    const text = encoder.encode(name);
    const bytes = new Uint8Array(16 + text.length);
    bytes.set(prefix);
    bytes.set(text, 16);
    return formatUuid(sha1(bytes), 5);
  };
}

/** The UUID of `name` in `namespace`. */
export const uuidV5 = (name: string, namespace: string): string => uuidV5Maker(namespace)(name);
