import { fromByteString } from "../../http/utf8.ts";
import { type Facts, headerKey } from "../facts.ts";

export type FieldType = "String" | "Int" | "IpAddr";

/** Where the values of a field come from. */
export type Field =
  | { readonly type: "String"; texts(facts: Facts): readonly string[] }
  | { readonly type: "Int"; number(facts: Facts): number | undefined }
  | { readonly type: "IpAddr"; address(facts: Facts): string };

const one = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : [fromByteString(text)];

/** Decodes `+` and escapes of a query; what is malformed stays. */
const decodeQuery = (text: string): string =>
  text
    .replaceAll("+", " ")
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function queryValues({ request: { target } }: Facts, name: string): string[] {
  const start = target.indexOf("?", 1);
  if (start < 0) return [];
  const values: string[] = [];
  for (const pair of target.slice(start + 1).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const key = equals < 0 ? pair : pair.slice(0, equals);
    if (fromByteString(decodeQuery(key)) === name)
      values.push(equals < 0 ? "" : fromByteString(decodeQuery(pair.slice(equals + 1))));
  }
  return values;
}

/** Segments of the path; empty ones at the end don't count. */
function segmentsOf({ pathText }: Facts): string[] {
  let end = pathText.length;
  while (end > 0 && pathText.charCodeAt(end - 1) === 47) end--;
  return end === 0 ? [] : pathText.slice(1, end).split("/");
}

function segmentField(selector: string): Field | undefined {
  if (selector === "len") return { type: "Int", number: (facts) => segmentsOf(facts).length };
  const found = /^(0|[1-9][0-9]{0,5})(?:_(0|[1-9][0-9]{0,5}))?$/.exec(selector);
  if (!found) return undefined;
  const first = Number(found[1]);
  const last = found[2] === undefined ? first : Number(found[2]);
  if (last < first) return undefined;
  return {
    type: "String",
    texts(facts) {
      const segments = segmentsOf(facts);
      return last < segments.length ? [segments.slice(first, last + 1).join("/")] : [];
    },
  };
}

function rawHeaderValues(facts: Facts, key: string): string[] {
  const { flat } = facts.request.headers;
  const values: string[] = [];
  for (let i = 0; i < flat.length; i += 2)
    if (flat[i]!.length === key.length && headerKey(flat[i]!) === key)
      values.push(fromByteString(flat[i + 1]!));
  return values;
}

const fixed: Readonly<Record<string, Field>> = {
  "net.protocol": { type: "String", texts: ({ request }) => [request.scheme] },
  "tls.sni": {
    type: "String",
    texts: ({ request }) => one(request.scheme === "https" ? request.sni : undefined),
  },
  "http.method": { type: "String", texts: ({ request }) => [request.method] },
  "http.host": {
    type: "String",
    texts: (facts) => one(facts.request.host === undefined ? undefined : facts.host),
  },
  "http.path": { type: "String", texts: (facts) => [facts.pathText] },
  "net.src.ip": { type: "IpAddr", address: ({ request }) => request.peerAddress },
  "net.dst.ip": { type: "IpAddr", address: ({ request }) => request.localAddress },
  "net.src.port": { type: "Int", number: ({ request }) => request.peerPort },
  "net.dst.port": { type: "Int", number: (facts) => facts.port },
  // The name of before 3.6.
  "net.port": { type: "Int", number: (facts) => facts.port },
};

const headerPrefix = "http.headers.";
const queryPrefix = "http.queries.";
const segmentPrefix = "http.path.segments.";

/** The key of the header behind a field, undefined when it is none. */
export const headerOf = (name: string): string | undefined =>
  name.startsWith(headerPrefix) ? name.slice(headerPrefix.length) : undefined;

/** The field of that name, undefined when there is none. */
export function fieldOf(name: string): Field | undefined {
  if (Object.hasOwn(fixed, name)) return fixed[name];
  const header = headerOf(name);
  // Headers are written in lower case with underscores.
  if (header !== undefined && header !== "" && header === headerKey(header))
    return { type: "String", texts: (facts) => rawHeaderValues(facts, header) };
  if (name.startsWith(queryPrefix) && name.length > queryPrefix.length) {
    const query = name.slice(queryPrefix.length);
    return { type: "String", texts: (facts) => queryValues(facts, query) };
  }
  return name.startsWith(segmentPrefix) ? segmentField(name.slice(segmentPrefix.length)) : undefined;
}
