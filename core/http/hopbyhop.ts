/** The fields that concern one connection only: never forwarded. @see RFC 9110 §7.6.1 */
const connectionFields = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "te",
]);

/**
 * The field names that a Connection field lists, lower-case, without those that are hop-by-hop anyway.
 *
 * @returns undefined when it lists none: the common `keep-alive` and `close` cost no allocation.
 */
export const listedByConnection = (connection: string): Set<string> | undefined => {
  if (connection === "keep-alive" || connection === "close" || connection === "Keep-Alive") return undefined;
  let names: Set<string> | undefined;
  for (const token of connection.split(",")) {
    const name = token.trim().toLowerCase();
    if (name === "" || name === "close" || connectionFields.has(name)) continue;
    (names ??= new Set()).add(name);
  }
  return names;
};

/** True when a comma-separated field holds the token, ignoring case. */
export const hasToken = (field: string, token: string): boolean =>
  field.split(",").some((item) => item.trim().toLowerCase() === token);
