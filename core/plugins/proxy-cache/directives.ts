/** Directives of Cache-Control, lower-case: their value, true without one. The first of several counts. */
export type Directives = ReadonlyMap<string, string | true>;

const none: Directives = new Map();

/** @see RFC 9111 §5.2 */
export const directivesOf = (fields: readonly string[]): Directives => {
  if (fields.length === 0) return none;
  const found = new Map<string, string | true>();
  for (const [, name, quoted, plain] of fields
    .join(",")
    .matchAll(/([^\s,;="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g)) {
    const key = name!.toLowerCase();
    if (!found.has(key)) found.set(key, quoted ?? plain ?? true);
  }
  return found;
};

/** Seconds of a directive; undefined when it is absent or no number of seconds. */
export const secondsOf = (directives: Directives, name: string): number | undefined => {
  const value = directives.get(name);
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
};
