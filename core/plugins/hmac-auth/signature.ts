import { fromBase64 } from "../../http/base64.ts";
import { bytesOf, fromByteString } from "../../http/utf8.ts";
import type { ClientRequest } from "../../pdk/index.ts";

/** What an Authorization field says. */
export interface Signature {
  readonly username: string;
  readonly algorithm: string;
  /** Names of what was signed, in order, as the client wrote them. */
  readonly headers: readonly string[];
  /** Undefined when it is no base64. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

const pattern = /\s*[Hh]mac\s*username="(.+)",\s*algorithm="(.+)",\s*headers="(.+)",\s*signature="(.+)"/;

/** @returns Undefined when the field has another form: the order of its parts is fixed. */
export const parseSignature = (field: string): Signature | undefined => {
  // Greedy matching of a long field takes quadratic time; no honest one is that long.
  const found = field.length > 8192 ? null : pattern.exec(field);
  if (found === null) return undefined;
  const [, username, algorithm, headers, signature] = found;
  return {
    username: fromByteString(username!),
    algorithm: algorithm!,
    headers: headers!.split(" ").filter((name) => name !== ""),
    bytes: fromBase64(signature!),
  };
};

/** What the client signed: a line for each name. */
export const signedBytes = (request: ClientRequest, names: readonly string[]): Uint8Array<ArrayBuffer> => {
  const { method, target, httpVersion, headers } = request;
  const version = httpVersion === "2" ? "2.0" : httpVersion;
  const lines = names.map((name) => {
    const value = headers.get(name);
    if (value !== undefined) return `${name}: ${value}`;
    if (name === "@request-target") return `${name}: ${method.toLowerCase()} ${target}`;
    return name === "request-line" ? `${method} ${target} HTTP/${version}` : `${name}:`;
  });
  return bytesOf(lines.join("\n"));
};
