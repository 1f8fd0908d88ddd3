import { isObject } from "../schema/tree.ts";
import type { Values } from "../schema/index.ts";
import { md5 } from "../uuid/md5.ts";

/** The hash of a configuration without any row. */
export const emptyHash = "0".repeat(32);

/** JSON with sorted names: the order in which a document was written does not count. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** The hash of a document that came as an object. Unlike Kong's it does not change from load to load. */
export const hashDocument = (document: Values): string => md5(canonical(document));
