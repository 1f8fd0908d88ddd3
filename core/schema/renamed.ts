import type { Field, RecordSpec, Shorthand } from "./field.ts";
import { at, isObject, own, put } from "./tree.ts";
import type { Values } from "./tree.ts";

const nested = (path: readonly string[], value: unknown): Values => {
  const [name = "", ...rest] = path;
  return { [name]: rest.length ? nested(rest, value) : value };
};

/**
 * An old name of a field that moved to `path` (dotted, within the same record). Both may be given if they agree.
 *
 * @param field The old field's type; its documentation is not printed.
 * @param notice What the published schema says about it.
 */
export function renamed(
  field: Field,
  path: string,
  notice: { readonly message: string; readonly removal_in_version: string },
): Shorthand {
  const names = path.split(".");
  const deprecation = { ...notice, replaced_with: [{ path: names }] };
  return {
    field: { ...field, rules: { ...field.rules, deprecation } },
    // A null under the old name says nothing when the new one is given.
    expand: (value, row) => (value === null && at(row, path) !== undefined ? {} : nested(names, value)),
    conflict(value, row) {
      const current = at(row, path);
      if (current === undefined || current === null || value === null || current === value) return undefined;
      return `both deprecated and new field are used but their values mismatch: ${JSON.stringify(value)} vs ${path} = ${JSON.stringify(current)}`;
    },
    echoes: path,
  };
}

/** A row as answers show it: old names beside the new ones, in inner records too. */
export function echoOldNames(spec: RecordSpec, row: Values): Values {
  const shown: Values = { ...row };
  for (const [name, { record }] of spec.fields) {
    const value = own(row, name);
    if (record && isObject(value)) put(shown, name, echoOldNames(record, value));
  }
  for (const [name, { echoes }] of spec.shorthands)
    if (echoes !== undefined) put(shown, name, at(row, echoes) ?? null);
  return shown;
}
