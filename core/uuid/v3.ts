import { formatUuid, markUuid } from "./format.ts";
import { md5Bytes } from "./md5.ts";
import { namedBytes } from "./name.ts";
import { parseUuid } from "./parse.ts";

/**
 * Makes the maker of a namespace's UUIDs by MD5: for names that already have one; new ones take version 5.
 *
 * @param namespace A UUID in text form.
 * @throws TypeError when `namespace` is no UUID.
 * @see RFC 9562 §5.3
 */
export function uuidV3Maker(namespace: string): (name: string) => string {
  const prefix = parseUuid(namespace);
  return (name) => {
    const { bytes, length } = namedBytes(prefix, name);
    return formatUuid(markUuid(md5Bytes(bytes.subarray(0, length)), 3));
  };
}

/** The version 3 UUID of `name` in `namespace`. */
export const uuidV3 = (name: string, namespace: string): string => uuidV3Maker(namespace)(name);
