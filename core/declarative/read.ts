import { isObject } from "../schema/tree.ts";
import type { Values } from "../schema/index.ts";
import { readYaml } from "./yaml.ts";

export type ReadResult =
  | { readonly ok: true; readonly document: Values }
  | { readonly ok: false; readonly problem: string };

const maxDepth = 200;

/** True when some part of `value` lies deeper than a configuration ever does. Does not recurse. */
function tooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    const next: unknown[] = [];
    for (const part of level)
      if (typeof part === "object" && part !== null)
        for (const inner of Object.values(part))
          if (typeof inner === "object" && inner !== null) next.push(inner);
    level = next;
  }
  return false;
}

function parseAny(text: string): { ok: true; value: unknown } | { ok: false; problem: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return readYaml(text);
  }
}

/**
 * Reads the text of a configuration: JSON, else YAML. `null` and an empty list count as an empty object.
 *
 * @returns The problem without any prefix.
 */
export function readDocument(text: string): ReadResult {
  const read = parseAny(text);
  if (!read.ok) return read;
  // To Kong an empty list and null are empty tables like an empty object.
  const isEmpty =
    (read.value === null && text.trim() === "null") || (Array.isArray(read.value) && !read.value.length);
  if (isEmpty) return { ok: true, document: {} };
  if (!isObject(read.value)) return { ok: false, problem: "expected an object" };
  if (tooDeep(read.value)) return { ok: false, problem: `nested deeper than ${maxDepth} levels` };
  return { ok: true, document: read.value };
}
