import type { ScriptFunctions } from "../../core/index.ts";

/** `e` and why it failed, or `v` and the value as JSON. */
export type Answer = string;

const failure = (error: unknown): Answer => `e${error instanceof Error ? error.message : String(error)}`;

const success = (value: unknown): Answer => `v${JSON.stringify(value ?? null) ?? "null"}`;

/** The function at a dotted name, own properties only: the name comes from the other side. */
const functionAt = (functions: ScriptFunctions, name: string): ((...args: never[]) => unknown) => {
  let found: ScriptFunctions | ((...args: never[]) => unknown) = functions;
  for (const part of name.split("."))
    if (typeof found === "function" || !Object.hasOwn(found, part))
      throw new Error("there is no such function");
    else found = found[part]!;
  if (typeof found !== "function") throw new Error("there is no such function");
  return found;
};

/** Calls a function for a text. Only texts cross: nothing of the host is ever an object over there. */
export const answerOf = (
  functions: ScriptFunctions,
  name: string,
  args: string,
): Answer | Promise<Answer> => {
  try {
    const value = functionAt(functions, name)(...(JSON.parse(args) as never[]));
    if (value instanceof Promise) return value.then(success).catch(failure);
    return success(value);
  } catch (error) {
    return failure(error);
  }
};

type Names = { readonly [name: string]: Names | true };

/** What there is to call. */
export const namesOf = (functions: ScriptFunctions): Names =>
  Object.fromEntries(
    Object.entries(functions).map(([name, value]) => [
      name,
      typeof value === "function" ? true : namesOf(value),
    ]),
  );
