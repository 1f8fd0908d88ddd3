import { fromByteString } from "../../http/utf8.ts";

/** The value of a field as programs see it. */
export const told = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : fromByteString(value);
