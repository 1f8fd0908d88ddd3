/** What is wrong with a client's redirect URI: it names a scheme and a host, and no fragment. @see RFC 6749 §3.1.2 */
export const redirectProblem = (uri: string): string | undefined => {
  const [address = ""] = uri.split("#", 1);
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?@]*@)?[^/?@:]+/.test(address)) return `cannot parse '${uri}'`;
  return uri.includes("#") ? `fragment not allowed in '${uri}'` : undefined;
};

const encoder = new TextEncoder();

/** As Kong writes it: all but letters, digits and `_` is escaped, in small hexadecimal digits. */
const escaped = (text: string): string =>
  Array.from(encoder.encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /\w/.test(character) ? character : `%${byte.toString(16).padStart(2, "0")}`;
  }).join("");

const argument = ([name, value]: readonly [string, string]): string =>
  value === "" ? escaped(name) : `${escaped(name)}=${escaped(value)}`;

/**
 * The URI with what the client is told: beside its own arguments, or in the fragment.
 *
 * @param own The URI's own arguments, read.
 */
export const withAnswer = (
  uri: string,
  own: ReadonlyMap<string, string>,
  answer: Readonly<Record<string, string | number | undefined>>,
  isFragment: boolean,
): string => {
  const merged = new Map(isFragment ? [] : own);
  for (const [name, value] of Object.entries(answer))
    if (value !== undefined) merged.set(name, String(value));
  const text = [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(argument)
    .join("&");
  if (isFragment) return `${uri}#${text}`;
  return `${uri.split("?", 1)[0]!}?${text}`;
};
