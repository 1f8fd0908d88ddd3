import { formatUuid, markUuid } from "./format.ts";
import { namedBytes } from "./name.ts";
import { parseUuid } from "./parse.ts";
import { sha1 } from "./sha1.ts";

/**
 * Makes the maker of a namespace's UUIDs: a name has the same one always and everywhere.
 *
 * @param namespace A UUID in text form.
 * @throws TypeError when `namespace` is no UUID.
 * @see RFC 9562 §5.5
 */
export function uuidV5Maker(namespace: string): (name: string) => string {
  const prefix = parseUuid(namespace);
  return (name) => {
    const { bytes, length } = namedBytes(prefix, name);
    return formatUuid(markUuid(sha1(bytes, length), 5));
  };
}

/** The version 5 UUID of `name` in `namespace`. */
export const uuidV5 = (name: string, namespace: string): string => uuidV5Maker(namespace)(name);
