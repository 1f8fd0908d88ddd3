/** Fields of an HTTP/1.1 connection, which HTTP/2 must not carry (RFC 9113 §8.2.2), and those that are framed anew. */
const CONNECTION_FIELDS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "content-length",
]);

/** Fields that occur once; Node refuses to send them twice. */
const SINGLE = new Set([
  "age",
  "authorization",
  "access-control-allow-credentials",
  "access-control-max-age",
  "access-control-request-method",
  "content-encoding",
  "content-language",
  "content-location",
  "content-md5",
  "content-range",
  "content-type",
  "date",
  "dnt",
  "etag",
  "expires",
  "from",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "range",
  "referer",
  "retry-after",
  "tk",
  "upgrade-insecure-requests",
  "user-agent",
  "x-content-type-options",
]);

const isToken = /^[a-z0-9!#$%&'*+\-.^_`|~]+$/;

export type Http2Fields = Record<string, string | string[]>;

/** Name, value, name, value… as Node's http2 wants it; repeated names keep their order. */
export function toHttp2Fields(flat: readonly string[], safe: (value: string) => string): Http2Fields {
  const fields: Http2Fields = {};
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    if (CONNECTION_FIELDS.has(name) || !isToken.test(name)) continue;
    const value = safe(flat[i + 1]!);
    if (name === "te" && value.toLowerCase() !== "trailers") continue;
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (SINGLE.has(name)) continue;
    else if (typeof before === "string") fields[name] = [before, value];
    else before.push(value);
  }
  return fields;
}

/** Node's raw fields of a stream without the pseudo fields. */
export function plainFields(raw: readonly string[]): string[] {
  const flat: string[] = [];
  for (let i = 0; i < raw.length; i += 2) if (!raw[i]!.startsWith(":")) flat.push(raw[i]!, raw[i + 1]!);
  return flat;
}

/** The value of a pseudo field, or undefined. */
export function pseudo(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) if (raw[i] === name) return raw[i + 1];
  return undefined;
}
