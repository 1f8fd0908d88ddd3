/** A name that TLS clients may send, in small letters. @see RFC 6066 §3, RFC 1123 §2.1 */
const hostName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z][a-z0-9-]{0,62}$/;

/** Tells the names that certificates are ordered for when a client asks for them. */
export const allowedNames = (
  patterns: readonly string[] | null,
  isAnyAllowed: boolean,
): ((name: string) => boolean) => {
  const exact = new Set<string>();
  const ends: string[] = [];
  const begins: string[] = [];
  for (const pattern of patterns ?? []) {
    const name = pattern.toLowerCase();
    if (name.startsWith("*")) ends.push(name.slice(1));
    else if (name.endsWith("*")) begins.push(name.slice(0, -1));
    else exact.add(name);
  }
  return (name) =>
    hostName.test(name) &&
    (isAnyAllowed ||
      exact.has(name) ||
      ends.some((end) => name.endsWith(end)) ||
      begins.some((begin) => name.startsWith(begin)));
};
