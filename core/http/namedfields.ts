import type { HeaderList } from "./headers.ts";
import { fromByteString } from "./utf8.ts";

/** Fields as text by name in small letters; repeated ones as a list. @param max The most fields that are taken. */
export const namedFields = (headers: HeaderList, max = 100): Record<string, string | string[]> => {
  const found: Record<string, string | string[]> = Object.create(null) as Record<string, string>;
  for (const [name, bytes] of [...headers].slice(0, max)) {
    const value = fromByteString(bytes);
    const key = name.toLowerCase();
    const before = found[key];
    found[key] = before === undefined ? value : [before, value].flat();
  }
  return found;
};
