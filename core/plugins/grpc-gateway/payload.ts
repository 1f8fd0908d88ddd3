import type { Arguments } from "../../http/query.ts";
import { parseMessage } from "../../pdk/index.ts";
import type { Variables } from "./template.ts";

/** What a client wrote is no request of the method. The message is told to it. */
export class PayloadError extends Error {}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// Names come from clients: none of them has a meaning of its own.
const noFields = (): Fields => Object.create(null) as Fields;

// What a body holds has the prototype of all objects, which `__proto__` would lead to.
const define = (fields: Fields, name: string, value: unknown): void =>
  void Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });

const put = (fields: Fields, path: string, value: unknown): void => {
  const names = path.split(".");
  const last = names.pop()!;
  let at = fields;
  for (const name of names) {
    if (!Object.hasOwn(at, name)) define(at, name, noFields());
    const next = at[name];
    if (!isFields(next)) throw new PayloadError("failed to encode payload");
    at = next;
  }
  define(at, last, value);
};

const parse = (text: string): unknown => {
  try {
    return parseMessage(text);
  } catch (error) {
    throw new PayloadError(`decode json err: ${(error as Error).message}`);
  }
};

/**
 * The fields of a message: of the body first, then of the query, and of the path, which the others can't contradict.
 *
 * @param field The one that the body is: `*` for the message itself, undefined for a body without meaning.
 * @throws PayloadError
 */
export const payloadOf = (
  field: string | undefined,
  body: string,
  query: Arguments,
  variables: Variables,
): Fields => {
  const payload = noFields();
  if (field !== undefined && body !== "") {
    const value = parse(body);
    if (field !== "*") payload[field] = value;
    else if (typeof value === "object" && value !== null) Object.assign(payload, value);
    else throw new PayloadError("body must be a table");
  }
  if (field !== "*") for (const [path, value] of query) put(payload, path, value);
  for (const [path, value] of variables) put(payload, path, value);
  return payload;
};
