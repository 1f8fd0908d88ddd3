import type { Parameters } from "./parameters.ts";
import { type Problem, problem } from "./problem.ts";
import type { Config } from "./schema.ts";

const invalid = (description: string): Problem => problem("invalid_scope", description);

export const namesOf = (scope: string): string[] => scope.split(/\s+/).filter((name) => name !== "");

/** The scopes that a client asks for, with blanks between them; undefined for none. */
export const askedScope = (
  parameters: Parameters,
  { scopes, mandatory_scope: isMandatory }: Config,
): { readonly scope: string | undefined } | { readonly problem: Problem } => {
  const asked = parameters.get("scope");
  if (asked === undefined || asked === null)
    return isMandatory ? { problem: invalid("You must specify a scope") } : { scope: undefined };
  if (scopes === null) return { scope: undefined };
  if (typeof asked !== "string") return { problem: invalid("scope must be a string") };
  const names = namesOf(asked);
  const wrong = names.find((name) => !scopes.includes(name));
  if (wrong !== undefined) return { problem: invalid(`"${wrong}" is an invalid scope`) };
  return { scope: names.length === 0 ? undefined : names.join(" ") };
};
