import { isObject, put } from "../schema/tree.ts";
import type { Values } from "../schema/index.ts";
import { readForm, readMultipart } from "./form.ts";

/** What `POST /config` has to load. */
export interface ConfigRequest {
  readonly ok: true;
  readonly source: string | Values;
  /** Answer 304 when `md5(source)` is the current hash; only texts have one. */
  readonly checkHash: boolean;
  readonly flattenErrors: boolean;
}

export interface ConfigRefusal {
  readonly ok: false;
  readonly status: 400 | 415;
  /** JSON, or undefined for no body of one's own (the server's error page). */
  readonly body: Values | undefined;
}

const refuse = (status: 400 | 415, message?: string): ConfigRefusal => ({
  ok: false,
  status,
  body: message === undefined ? undefined : { message },
});

const truthy = new Set<unknown>([true, "true", "1", 1, "on", "yes", ""]);

const decoder = new TextDecoder();

/** The body as a text to load, as fields, or refused. */
function readBody(contentType: string, bytes: Uint8Array): string | Values | ConfigRefusal {
  const text = decoder.decode(bytes);
  // Media types are compared as written, as Kong does: `Application/JSON` is refused.
  if (contentType.startsWith("application/json")) {
    try {
      const body = JSON.parse(text) as unknown;
      return isObject(body) ? body : refuse(400, "Cannot parse JSON body");
    } catch {
      return refuse(400, "Cannot parse JSON body");
    }
  }
  if (contentType.startsWith("application/x-www-form-urlencoded")) return readForm(text);
  if (contentType.startsWith("multipart/form-data")) return readMultipart(contentType, text);
  if (/^(?:application|text)\/yaml/.test(contentType)) return text;
  return refuse(415);
}

const isRefusal = (body: Values | ConfigRefusal): body is ConfigRefusal =>
  body["ok"] === false && "status" in body;

/**
 * Reads a `POST /config`.
 *
 * @param contentType As sent; undefined when the request has none.
 * @param query The query parameters, decoded. `check_hash` and `flatten_errors` may also stand in the body. Any other
 * joins a JSON body, where it is an unknown field.
 */
export function readConfigRequest(
  contentType: string | undefined,
  bytes: Uint8Array,
  query: ReadonlyMap<string, string>,
): ConfigRequest | ConfigRefusal {
  if (contentType === undefined && bytes.length === 0)
    return refuse(400, "expected a declarative configuration");
  const body = readBody(contentType ?? "", bytes);
  if (typeof body === "string") {
    if (body.trim() === "") return refuse(400, "expected a declarative configuration");
    return request(body, query.get("check_hash"), query.get("flatten_errors"));
  }
  if (isRefusal(body)) return body;
  const fields: Values = {};
  for (const [name, value] of query) put(fields, name, value);
  for (const [name, value] of Object.entries(body)) put(fields, name, value);
  const { check_hash, flatten_errors, ...document } = fields;
  if (typeof document["config"] === "string") return request(document["config"], check_hash, flatten_errors);
  const isForm = !contentType!.startsWith("application/json");
  // A form holds texts only: without a `config` field there is no document.
  if (isForm) return request("[]", check_hash, flatten_errors);
  return request(document, check_hash, flatten_errors);
}

const request = (source: string | Values, checkHash: unknown, flattenErrors: unknown): ConfigRequest => ({
  ok: true,
  source,
  checkHash: checkHash === "1" && typeof source === "string",
  flattenErrors: truthy.has(flattenErrors),
});
