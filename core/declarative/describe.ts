import type { ErrorFields, ErrorTree } from "../schema/index.ts";
import type { ConfigError } from "./error.ts";

function lines(error: ErrorTree, path: string, told: string[]): void {
  if (typeof error === "string") {
    told.push(path === "" ? error : `${path}: ${error}`);
    return;
  }
  if (Array.isArray(error)) {
    for (const [i, part] of error.entries()) if (part !== null) lines(part, `${path}[${i}]`, told);
    return;
  }
  for (const [name, part] of Object.entries(error)) {
    // What concerns a whole row stands at the row's own path.
    if (name === "@entity" && Array.isArray(part)) {
      for (const text of part) if (text !== null) lines(text, path, told);
    } else lines(part, path === "" ? name : `${path}.${name}`, told);
  }
}

/** One line a problem: `services[0].routes[1].paths[0]: should start with: /`. Positions count from 0. */
export function describeErrors(error: ConfigError): string[] {
  const told: string[] = [];
  const { error: unreadable, ...rest } = error.fields;
  if (typeof unreadable === "string") told.push(unreadable);
  else if (unreadable !== undefined) lines(unreadable, "error", told);
  lines(rest, "", told);
  return told;
}

function branch(name: string, error: ErrorTree, indent: string, told: string[]): void {
  if (typeof error === "string") {
    told.push(`${indent}in '${name}': ${error}`);
    return;
  }
  told.push(`${indent}in '${name}':`);
  if (!Array.isArray(error)) return twigs(error, `${indent}  `, told);
  for (const [i, part] of error.entries()) {
    if (part === null) continue;
    const head = `${indent}  - in entry ${i + 1} of '${name}':`;
    if (typeof part === "string") told.push(`${head} ${part}`);
    else {
      told.push(head);
      twigs(Array.isArray(part) ? { [name]: part } : part, `${indent}    `, told);
    }
  }
}

function twigs(fields: ErrorFields, indent: string, told: string[]): void {
  for (const [name, part] of Object.entries(fields)) branch(name, part, indent, told);
}

/** The indented tree that the `config parse` command prints below `Failed parsing:`. Positions count from 1. */
export function errorTree(error: ConfigError): string[] {
  const { error: unreadable } = error.fields;
  if (typeof unreadable === "string") return [unreadable];
  const told: string[] = [];
  twigs(error.fields, "", told);
  return told;
}
