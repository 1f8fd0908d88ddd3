import type { ScriptFunctions as Bridge } from "../../ports/scripts.ts";

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/** What a method of the PDK could not do. */
export class PdkError extends Error {
  constructor(path: string, cause: unknown) {
    super(`PDK method ${path} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "PDKError";
  }
}

/**
 * The functions as plugins of the npm package `kong-pdk` call them: each returns a promise, names go in camelCase and
 * snake_case, what fails rejects with {@link PdkError}. A group may be a function too: `kong.log("…")`.
 */
export const bridged = (functions: Bridge, path = "kong"): Record<string, unknown> => {
  const call = functions["call"];
  const target =
    typeof call === "function" ? (...args: unknown[]) => called(path, call, args) : Object.create(null);
  for (const [name, value] of Object.entries(functions)) {
    const inner =
      typeof value === "function"
        ? (...args: unknown[]) => called(`${path}.${snake(name)}`, value, args)
        : bridged(value, `${path}.${snake(name)}`);
    for (const spelling of new Set([name, snake(name)]))
      (target as Record<string, unknown>)[spelling] = inner;
  }
  return target as Record<string, unknown>;
};

const called = async (
  path: string,
  method: (...args: never[]) => unknown,
  args: readonly unknown[],
): Promise<unknown> => {
  try {
    // Lua knows no undefined: what is not there is null.
    return (await method(...(args as never[]))) ?? null;
  } catch (error) {
    throw new PdkError(path, error);
  }
};
