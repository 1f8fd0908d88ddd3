/** What the shared dict keeps under a key. */
export interface CacheRecord<T> {
  /** Undefined: known to be absent. */
  readonly value: T | undefined;
  readonly expiresAtMs: number;
  /** Kept beyond its time because a load failed. */
  readonly isStale: boolean;
}

/** How values become texts. */
export interface Codec<T> {
  encode(value: T): string;
  decode(text: string): T;
}

/** `<v|n><s|f><end in base 36, empty for never>:<value>`. */
export function encodeRecord<T>(record: CacheRecord<T>, codec: Codec<T>): string {
  const end = record.expiresAtMs === Infinity ? "" : Math.ceil(record.expiresAtMs).toString(36);
  const head = `${record.value === undefined ? "n" : "v"}${record.isStale ? "s" : "f"}${end}:`;
  return record.value === undefined ? head : head + codec.encode(record.value);
}

/** Undefined for a text of another form: another release may have written it, so it counts as absent. */
export function decodeRecord<T>(text: string, codec: Codec<T>): CacheRecord<T> | undefined {
  const colon = text.indexOf(":");
  if (colon < 2) return undefined;
  const expiresAtMs = colon === 2 ? Infinity : Number.parseInt(text.slice(2, colon), 36);
  const isStale = text[1] === "s";
  if (text[0] === "n") return { value: undefined, expiresAtMs, isStale };
  try {
    return { value: codec.decode(text.slice(colon + 1)), expiresAtMs, isStale };
  } catch {
    return undefined;
  }
}
