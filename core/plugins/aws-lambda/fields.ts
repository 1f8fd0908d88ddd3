import { fromByteString } from "../../http/utf8.ts";

/** Values that were cut out of a path, as texts. */
export const textValues = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fromByteString(value)]));
