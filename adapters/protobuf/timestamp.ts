/** The name of the one well-known type that is told otherwise than by its fields, as Kong does. */
export const timestampName = ".google.protobuf.Timestamp";

const zone = /(?:z|[+-]\d\d:?\d\d)$/i;
const dateOnly = /^\d{4}-\d\d-\d\d$/;

export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** Reads a time of ISO 8601; without a zone it is UTC's. @throws Error */
export const readTimestamp = (text: unknown): Timestamp => {
  if (typeof text !== "string") throw new TypeError("expected a time as text");
  const atMs = Date.parse(zone.test(text) || dateOnly.test(text) ? text : `${text}Z`);
  if (Number.isNaN(atMs)) throw new TypeError(`'${text}' is no time`);
  const [, fraction = ""] = /\.(\d{1,9})/.exec(text) ?? [];
  return { seconds: Math.floor(atMs / 1000), nanos: Number(fraction.padEnd(9, "0")) };
};

/** Whole seconds, of UTC without saying so: what clients of Kong get. @throws Error for what is no time. */
export const writeTimestamp = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(/\.000Z$/, "");
