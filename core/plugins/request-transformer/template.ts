import { parseExpression, type Scope } from "../../pdk/lua/parser.ts";
import { isTrue, type Value } from "../../pdk/lua/value.ts";

/** A compiled template. @throws TypeError when an expression fails. */
export type Template = (scope: Scope) => string;

/** The end of what begins with the bracket at `open`, brackets in pairs; -1 when they are not. */
const closing = (text: string, open: number): number => {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return i;
  }
  return -1;
};

// A number prints as Lua prints it, a table can't be printed sensibly.
const print = (value: Value): string => {
  if (!isTrue(value)) return "";
  return typeof value === "object" || typeof value === "function" ? typeof value : String(value);
};

/**
 * Texts with `$(expression)` in them. What does not come in a pair of brackets is text.
 *
 * @throws ExpressionError with the reason why an expression can't be used.
 */
export const parseTemplate = (text: string): Template => {
  const parts: Template[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf("$(", from);
    const end = start < 0 ? -1 : closing(text, start + 1);
    const plain = text.slice(from, end < 0 ? undefined : start);
    if (plain !== "") parts.push(() => plain);
    if (end < 0) break;
    const expression = parseExpression(text.slice(start + 2, end));
    parts.push((scope) => print(expression(scope)));
    from = end + 1;
  }
  const [only] = parts;
  if (parts.length === 1) return only!;
  return (scope) => parts.map((part) => part(scope)).join("");
};

/** Why a template can't be used; undefined when it can. */
export const templateProblem = (text: string): string | undefined => {
  try {
    parseTemplate(text);
    return undefined;
  } catch (error) {
    return `invalid template '${text}': ${(error as Error).message}`;
  }
};
