import { fromByteString, toByteString } from "../../core/index.ts";

/** How a platform's Headers hold bytes beyond ASCII: as such, or as the text that they are in UTF-8 (workerd). */
export type FieldValues = "bytes" | "text";

/** Fields as core reads them; Set-Cookie lines stay apart, others were joined by the platform. */
export const flatHeaders = (headers: Headers, values: FieldValues = "bytes"): string[] => {
  const flat: string[] = [];
  // An iterator makes an array of each field: 2.1 us in workerd, this 1.7 us for three fields, 2.5 and 5.2 for twelve.
  if (values === "bytes") headers.forEach((value, name) => void flat.push(name, value));
  else headers.forEach((value, name) => void flat.push(name, toByteString(value)));
  return flat;
};

/** A value as the platform takes it. */
export const platformValue = (value: string, values: FieldValues = "bytes"): string =>
  values === "bytes" ? value : fromByteString(value);

/** One call a field: workerd reads each pair of a list through the iterator protocol, 1.8 us to 0.4 us a field. */
export const addFields = (headers: Headers, flat: readonly string[], values?: FieldValues): void => {
  for (let i = 0; i < flat.length; i += 2) headers.append(flat[i]!, platformValue(flat[i + 1]!, values));
};

/** The value of a field; undefined without one. @param flat With names in lower case, as the platform has them. */
export const fieldOf = (flat: readonly string[], name: string): string | undefined => {
  for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return flat[i + 1];
  return undefined;
};

/** Bytes that Content-Length tells. */
export const lengthOf = (flat: readonly string[]): number | undefined => {
  const length = fieldOf(flat, "content-length");
  return length === undefined ? undefined : Number(length);
};
