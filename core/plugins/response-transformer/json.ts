import { parsePair } from "./pair.ts";
import type { Config } from "./schema.ts";

type Scalar = string | number | boolean;
type JsonType = "boolean" | "number" | "string";

/** The value of a type; undefined for a text that is no number, which is then left out as Kong does. */
const cast = (text: string, type: JsonType | undefined): Scalar | undefined => {
  if (type === "boolean") return text === "true";
  if (type !== "number") return text;
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? undefined : value;
};

const typedPairs = (section: {
  json: readonly string[];
  json_types: readonly JsonType[];
}): [string, Scalar][] =>
  section.json.flatMap((entry, i): [string, Scalar][] => {
    const [name, text] = parsePair(entry);
    const value = cast(text, section.json_types[i]);
    return value === undefined ? [] : [[name, value]];
  });

export const hasJsonChanges = ({ remove, rename, replace, add, append }: Config): boolean =>
  [remove, rename, replace, add, append].some(({ json }) => json.length > 0);

const isPresent = (value: unknown): boolean => value !== undefined && value !== false;

const appendTo = (before: unknown, value: Scalar): unknown => {
  if (typeof before === "string") return [before, value];
  // Whatever else stood there gives way (measured on 3.9.1).
  return Array.isArray(before) ? [...before, value] : [value];
};

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
};

/**
 * Remove, rename, replace, add, append, in this order, on the members of an object.
 *
 * @returns undefined when the body is no JSON: it passes as it is.
 */
export const transformJson = (config: Config): ((bytes: Uint8Array) => Uint8Array | undefined) => {
  const renamed = config.rename.json.map(parsePair);
  const replaced = typedPairs(config.replace);
  const added = typedPairs(config.add);
  const appended = typedPairs(config.append);
  return (bytes) => {
    const value = parse(bytes);
    if (typeof value !== "object" || value === null) return undefined;
    // A map, not the object: members may be called __proto__.
    const members = new Map<string, unknown>(Object.entries(value));
    for (const name of config.remove.json) members.delete(name);
    for (const [from, to] of renamed) {
      if (!members.has(from)) continue;
      members.set(to, members.get(from));
      members.delete(from);
    }
    for (const [name, next] of replaced) if (isPresent(members.get(name))) members.set(name, next);
    for (const [name, next] of added) if (!isPresent(members.get(name))) members.set(name, next);
    for (const [name, next] of appended) members.set(name, appendTo(members.get(name), next));
    if (Array.isArray(value) && [...members.keys()].every((key) => /^\d+$/.test(key))) {
      return encoder.encode(JSON.stringify([...members.values()]));
    }
    return encoder.encode(JSON.stringify(Object.fromEntries(members)));
  };
};
