import type { Scope } from "../../pdk/lua/parser.ts";
import { parsePair } from "./pair.ts";
import type { Config } from "./schema.ts";
import { parseTemplate, type Template } from "./template.ts";

type Part = "body" | "headers" | "querystring";

/** The five steps for one part of a request. */
export interface Steps {
  readonly removed: readonly string[];
  readonly renamed: readonly (readonly [string, string])[];
  readonly replaced: readonly (readonly [string, Template])[];
  readonly added: readonly (readonly [string, Template])[];
  readonly appended: readonly (readonly [string, Template])[];
}

const pairs = (entries: readonly string[]): [string, Template][] =>
  entries.map((entry) => {
    const [name, value] = parsePair(entry);
    return [name, parseTemplate(value)];
  });

/** @returns Undefined when there is nothing to do. */
export const stepsOf = (config: Config, part: Part): Steps | undefined => {
  const { remove, rename, replace, add, append } = config;
  const count = [remove, rename, replace, add, append].reduce((sum, step) => sum + step[part].length, 0);
  if (count === 0) return undefined;
  return {
    removed: remove[part].map((entry) => parsePair(entry)[0]),
    renamed: rename[part].map(parsePair),
    replaced: pairs(replace[part]),
    added: pairs(add[part]),
    appended: pairs(append[part]),
  };
};

// Lua's view: false is as good as absent.
const isPresent = (value: unknown): boolean => value !== undefined && value !== false;

const extended = (before: unknown, value: string): unknown => {
  if (typeof before === "string") return [before, value];
  // Whatever else stood there gives way (measured on 3.9.1).
  return Array.isArray(before) ? [...before, value] : [value];
};

/** Applies the steps to named values. @returns Whether anything changed. */
export const applySteps = (steps: Steps, values: Map<string, unknown>, scope: Scope): boolean => {
  let hasChanged = false;
  const put = (name: string, value: unknown): void => {
    values.set(name, value);
    hasChanged = true;
  };
  for (const name of steps.removed) if (values.delete(name)) hasChanged = true;
  for (const [from, to] of steps.renamed) {
    const value = values.get(from);
    if (!isPresent(value)) continue;
    values.delete(from);
    put(to, value);
  }
  for (const [name, template] of steps.replaced) {
    const value = template(scope);
    if (isPresent(values.get(name))) put(name, value);
  }
  for (const [name, template] of steps.added) {
    const value = template(scope);
    if (!isPresent(values.get(name))) put(name, value);
  }
  for (const [name, template] of steps.appended) put(name, extended(values.get(name), template(scope)));
  return hasChanged;
};
