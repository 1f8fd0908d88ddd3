import type { HeaderList } from "../../http/headers.ts";
import { namedFields } from "../../http/namedfields.ts";
import { fromByteString } from "../../http/utf8.ts";

/** Fields by name, at most 100, as texts; repeated ones as a list. */
export const textFields = (headers: HeaderList): Record<string, string | string[]> => {
  const decoded = Object.entries(namedFields(headers)).map(([name, value]) => {
    return [name, Array.isArray(value) ? value.map(fromByteString) : fromByteString(value)] as const;
  });
  return Object.fromEntries(decoded);
};

/** Values that were cut out of a path, as texts. */
export const textValues = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fromByteString(value)]));
