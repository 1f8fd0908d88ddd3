import { isObject } from "./tree.ts";
import type { ErrorFields, ErrorTree } from "./tree.ts";

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A value in the notation that Kong's messages use for tables: `{host="h",list={"a",1}}`. */
export function pretty(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return prettyList(value);
  const parts = Object.entries(value).sort(([a], [b]) => byName(a, b));
  return `{${parts.map(([name, part]) => `${key(name)}=${pretty(part)}`).join(",")}}`;
}

const key = (name: string): string => (identifier.test(name) ? name : `[${quote(name)}]`);

/** A list with holes is a table with numbers for keys. */
function prettyList(list: readonly unknown[]): string {
  const hole = list.indexOf(null);
  if (hole < 0) return `{${list.map(pretty).join(",")}}`;
  const parts = list.flatMap((part, i) =>
    part === null ? [] : [i < hole ? pretty(part) : `[${i + 1}]=${pretty(part)}`],
  );
  return `{${parts.join(",")}}`;
}

/** Line breaks and closing long brackets call for long brackets, everything else for escapes. */
function quote(text: string): string {
  if (/\n|\]=*\]/.test(`${text}]`) && !text.includes("\r")) return longQuote(text);
  return `"${text.replace(/["\\]/g, "\\$&").replaceAll("\r", "\\r")}"`;
}

/** One more equals sign than the longest closing bracket inside. */
function longQuote(text: string): string {
  const inside = `${text}]`.matchAll(/\](=*)(?=\])/g);
  const level = "=".repeat(Math.max(-1, ...[...inside].map(([, signs]) => signs!.length)) + 1);
  return `[${level}[${text.startsWith("\n") ? "\n" : ""}${text}]${level}]`;
}

/** The problems of one level, entity checks first, then fields by name. */
function* problems(errors: ErrorFields): Generator<string> {
  const whole = Object.hasOwn(errors, "@entity") ? errors["@entity"] : undefined;
  if (Array.isArray(whole)) for (const text of whole) if (typeof text === "string") yield text;
  for (const name of Object.keys(errors).sort(byName)) {
    if (name === "@entity") continue;
    yield* fieldProblems(name, errors[name]!);
  }
}

function* fieldProblems(name: string, error: ErrorTree): Generator<string> {
  if (typeof error === "string") yield `${name}: ${error}`;
  else if (Array.isArray(error)) {
    for (const [i, part] of error.entries()) if (part !== null) yield `${name}.${i + 1}: ${inner(part)}`;
  } else if (isObject(error))
    for (const sub of Object.keys(error).sort(byName)) yield `${name}.${sub}: ${inner(error[sub]!)}`;
}

const inner = (error: ErrorTree): string => (typeof error === "string" ? error : indented(error, ""));

/** The notation of {@link pretty} over several lines, for what lies deeper than a message's path. */
function indented(error: ErrorTree, indent: string): string {
  if (typeof error === "string") return quote(error);
  const deeper = `${indent}  `;
  const parts = Array.isArray(error)
    ? error.flatMap((part, i) => {
        if (part === null) return [];
        const isSequence = !error.slice(0, i).includes(null);
        return [`${isSequence ? "" : `[${i + 1}] = `}${indented(part, deeper)}`];
      })
    : Object.keys(error)
        .sort(byName)
        .map((name) => `${key(name)} = ${indented(error[name]!, deeper)}`);
  return `{\n${parts.map((part) => `${deeper}${part}`).join(",\n")}\n${indent}}`;
}

/** Kong's text for a row that breaks its schema: `schema violation (host: required field missing)`. */
export function violationMessage(errors: ErrorFields): string {
  const all = [...problems(errors)];
  const told = all.join("; ");
  return all.length === 1 ? `schema violation (${told})` : `${all.length} schema violations (${told})`;
}
