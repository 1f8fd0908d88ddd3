/** Namespaces for names that are something already. @see RFC 9562 §6.6 */
export const uuidNamespaces = {
  /** Fully qualified domain names. */
  dns: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
  url: "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
  /** ISO object identifiers. */
  oid: "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
  /** Distinguished names of X.500, in DER or as text. */
  x500: "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
} as const;
