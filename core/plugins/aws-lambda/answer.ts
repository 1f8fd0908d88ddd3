import { toByteString } from "../../http/utf8.ts";
import { fromBase64 } from "../../http/base64.ts";
import { HeaderList } from "../../http/headers.ts";
import type { FetcherAnswer } from "../../ports/fetcher.ts";
import type { Config } from "./schema.ts";

/** What the client gets. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string | Uint8Array;
}

/** The function's answer is not what API Gateway understands; the message is told to the client. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
}

const utf8 = new TextDecoder();

/** Undefined for what is no JSON. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const spaces = new Set([" ", "\t", "\r", "\n"]);

/** JSON with `{}` for each `[]`; everything else, long numbers too, stays byte for byte. */
export const withoutEmptyLists = (json: string): string => {
  let changed = "";
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '"') {
      for (at++; json[at] !== '"'; at++) if (json[at] === "\\") at++;
    } else if (json[at] === "[") {
      let end = at + 1;
      while (spaces.has(json[end]!)) end++;
      if (json[end] !== "]") continue;
      changed += `${json.slice(from, at)}{}`;
      at = end;
      from = end + 1;
    }
  }
  return changed + json.slice(from);
};

/** A status as number or text. */
const statusOf = (given: unknown): number => {
  const status = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 100 || status > 599)
    throw new BadAnswer("statusCode validation failed");
  return status;
};

const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The text of a field. @throws Error when it would end the field, or is none. */
const fieldValue = (name: string, value: unknown): string => {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
    throw new Error(`header '${name}' of the function is no text`);
  const text = String(value);
  // oxlint-disable-next-line no-control-regex
  if (!fieldName.test(name) || /[\0\r\n]/.test(text))
    throw new Error(`header '${name}' of the function is invalid`);
  return text;
};

const addFields = (headers: HeaderList, given: object): void => {
  for (const [name, value] of Object.entries(given)) {
    headers.delete(name);
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value as unknown])
      headers.append(name, toByteString(fieldValue(name, one)));
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** What a function says in the format of API Gateway. @throws BadAnswer when it is not in that format. */
const integrated = (text: string, headers: HeaderList): Answer => {
  let told = parsed(text);
  // Functions that write JSON by themselves answer with a text.
  if (typeof told === "string") told = parsed(told);
  if (told === undefined) throw new BadAnswer("Expected value but found invalid token");
  if (!isObject(told)) throw new BadAnswer("proxy response must be json format");
  const { headers: fields = {}, multiValueHeaders: more, body = "", isBase64Encoded = false } = told;
  const status = statusOf(told["statusCode"]);
  if (!isObject(fields)) throw new BadAnswer("headers must be a table");
  if (typeof body !== "string") throw new BadAnswer("body must be a string");
  if (typeof isBase64Encoded !== "boolean") throw new BadAnswer("isBase64Encoded must be a boolean");
  addFields(headers, fields);
  if (isObject(more)) addFields(headers, more);
  const bytes = isBase64Encoded ? fromBase64(body) : body;
  if (bytes === undefined) throw new Error("the function's body is no base64");
  return { status, headers, body: bytes };
};

/** A function's answer as it is: of JSON, a text alone is sent without its quotes. */
const plain = (bytes: Uint8Array, isLegacy: boolean): string | Uint8Array => {
  const text = utf8.decode(bytes);
  const value = parsed(text);
  if (typeof value === "string") return value;
  return value !== undefined && isLegacy && text.includes("[") ? withoutEmptyLists(text) : bytes;
};

/**
 * Makes the client's answer of AWS's.
 *
 * @throws Error when AWS refuses, BadAnswer when the function's own answer can't be used.
 */
export const answerOf = ({ status, headers, body }: FetcherAnswer, config: Config): Answer => {
  if (status >= 400) {
    const told = parsed(utf8.decode(body));
    const reason = isObject(told) ? (told["Message"] ?? told["message"]) : undefined;
    throw new Error(`Lambda answered ${status}${typeof reason === "string" ? `: ${reason}` : ""}`);
  }
  const fields = HeaderList.from(headers);
  fields.delete("content-length");
  // Fetchers have decoded the body.
  fields.delete("content-encoding");
  if (config.is_proxy_integration) return integrated(utf8.decode(body), fields);
  const isUnhandled = fields.get("x-amz-function-error") === "Unhandled";
  const isJson = /application\/.*json/i.test(fields.get("content-type") ?? "");
  return {
    status: isUnhandled ? (config.unhandled_status ?? status) : status,
    headers: fields,
    body: isJson ? plain(body, config.empty_arrays_mode === "legacy") : body,
  };
};
