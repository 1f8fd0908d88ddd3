import type { Context } from "hono";
import { Collector } from "../http/bodies.ts";
import { isObject, put } from "../schema/tree.ts";
import type { Values } from "../schema/index.ts";
import { parts } from "./multipart.ts";
import { nest, type Pair } from "./nest.ts";

/** What came with a request that writes. */
export type Body =
  | { readonly ok: true; readonly values: Values; readonly isForm: boolean }
  | { readonly ok: false; readonly response: Response };

/** The most fields of a form. */
const maxArguments = 1_000;
/** A value nested deeper is refused: the checks walk it. */
const maxDepth = 200;

const message = (status: 400, text: string): Body => ({
  ok: false,
  response: new Response(JSON.stringify({ message: text }), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8" },
  }),
});

/** nginx's page for a media type that Kong refuses before its code sees it. */
export const unsupportedMediaType = (): Response =>
  new Response(
    "<html>\r\n<head><title>415 Unsupported Media Type</title></head>\r\n<body>\r\n<center><h1>415 Unsupported Media Type</h1></center>\r\n</body>\r\n</html>\r\n",
    { status: 415, headers: { "Content-Type": "text/html" } },
  );

const isDeeper = (value: unknown, depth: number): boolean => {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((part) => isDeeper(part, depth - 1));
};

/** A byte order mark stays: it is no JSON. @see RFC 8259 §8.1 */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: false });

/** Half of a surrogate pair, written as an escape: no Unicode text has one. */
const halfPair = /(?<!\\)(?:\\\\)*\\ud[89ab]/i;

const readJson = (text: string): Body => {
  const unreadable = (): Body => message(400, "Cannot parse JSON body");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return unreadable();
  }
  // Kong's tables don't tell an empty list from an empty object.
  if (Array.isArray(body) && body.length === 0) return { ok: true, values: {}, isForm: false };
  if (!isObject(body) || isDeeper(body, maxDepth)) return unreadable();
  if (halfPair.test(text) && halfPair.test(JSON.stringify(body))) return unreadable();
  return { ok: true, values: body, isForm: false };
};

const fromPairs = (pairs: readonly Pair[]): Body =>
  pairs.length > maxArguments
    ? message(400, "Too many arguments")
    : { ok: true, values: nest(pairs), isForm: true };

/** The most bytes of a body, as Kong's Admin API takes them (`nginx_admin_client_max_body_size`). */
const maxBodyBytes = 10 * 1024 * 1024;

/** The bytes of a body; undefined when there are too many of them. */
const bytesOf = async ({ raw }: Context["req"]): Promise<Uint8Array | undefined> => {
  const length = raw.headers.get("Content-Length");
  if (length !== null)
    return Number(length) > maxBodyBytes ? undefined : new Uint8Array(await raw.arrayBuffer());
  const collector = new Collector();
  const reader = raw.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  while (true) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
    if (done || value === undefined) return collector.whole();
    collector.add(value);
    if (collector.lengthBytes <= maxBodyBytes) continue;
    await reader.cancel();
    return undefined;
  }
};

/** Reads the body of POST, PUT and PATCH: JSON, a form or multipart. Media types are compared as written, as Kong does. */
export const readBody = async (context: Context): Promise<Body> => {
  const type = context.req.header("Content-Type");
  const bytes = await bytesOf(context.req);
  if (bytes === undefined) return { ok: false, response: new Response(null, { status: 413 }) };
  if (type === undefined || type === "") {
    if (bytes.length === 0) return { ok: true, values: {}, isForm: false };
    return { ok: false, response: unsupportedMediaType() };
  }
  const text = decoder.decode(bytes);
  if (type.startsWith("application/json")) return readJson(text);
  if (type.startsWith("application/x-www-form-urlencoded")) return fromPairs([...new URLSearchParams(text)]);
  if (type.startsWith("multipart/form-data")) return fromPairs(parts(type, text));
  return { ok: false, response: unsupportedMediaType() };
};

/** The query's parameters under the body's: what endpoints without an entity take. */
export const withQuery = (context: Context, values: Values): Values => {
  const merged = nest([...new URL(context.req.url).searchParams]);
  for (const [name, value] of Object.entries(values)) put(merged, name, value);
  return merged;
};
