import { type Arguments, formatArguments, parseArguments } from "../../http/query.ts";
import type { Scope } from "../../pdk/lua/parser.ts";
import { transformMultipart } from "./multipart.ts";
import { applySteps, type Steps } from "./steps.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const transformJson = (steps: Steps, bytes: Uint8Array, scope: Scope): Uint8Array | undefined => {
  let value: unknown = {};
  if (bytes.byteLength > 0) {
    try {
      value = JSON.parse(decoder.decode(bytes));
    } catch {
      return undefined;
    }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  // A map, not the object: members may be called __proto__.
  const members = new Map<string, unknown>(Object.entries(value));
  if (!applySteps(steps, members, scope)) return undefined;
  return encoder.encode(JSON.stringify(Object.fromEntries(members)));
};

const transformForm = (steps: Steps, bytes: Uint8Array, scope: Scope): Uint8Array | undefined => {
  const fields: Map<string, unknown> = parseArguments(decoder.decode(bytes));
  if (!applySteps(steps, fields, scope)) return undefined;
  return encoder.encode(formatArguments(fields as Arguments));
};

type Transform = (
  steps: Steps,
  bytes: Uint8Array,
  scope: Scope,
  contentType: string,
) => Uint8Array | undefined;

/** How bodies of a type are changed; undefined for types that pass as they are. */
export const bodyTransform = (contentType: string | undefined): Transform | undefined => {
  const type = contentType?.toLowerCase() ?? "";
  if (type.includes("application/json")) return transformJson;
  if (type.includes("application/x-www-form-urlencoded")) return transformForm;
  if (!type.includes("multipart/form-data")) return undefined;
  return (steps, bytes, scope, full) => transformMultipart(steps, bytes, full, scope);
};
