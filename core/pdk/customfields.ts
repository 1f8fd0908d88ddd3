import { map, string } from "../schema/index.ts";
import { ExpressionError } from "./lua/lexer.ts";
import { parseExpression } from "./lua/parser.ts";
import { type LogRecord, setField } from "./record.ts";

const expressionOf = (source: string) => {
  const found = /^\s*return\b([^]*?);?\s*$/.exec(source);
  if (found === null) throw new ExpressionError("only `return` with an expression is supported");
  return parseExpression(found[1]!.trim() === "" ? "nil" : found[1]!);
};

// No name is known here: what reads one could only fail for each request.
const evaluate = (source: string): unknown => {
  const value = expressionOf(source)((name) => {
    throw new ExpressionError(`'${name}' is not supported: there is nothing to read`);
  });
  return typeof value === "object" || typeof value === "function" ? undefined : value;
};

const problemOf = (source: string): string | undefined => {
  try {
    evaluate(source);
    return undefined;
  } catch (error) {
    return `can't be interpreted: ${(error as Error).message}`;
  }
};

/** The field `custom_fields_by_lua` of plugins that log. */
export const customFieldsByLua = map(string(), string({ check: problemOf }), {
  doc: "Fields to set in the record: `return` and an expression; nil takes a field away.",
});

/** Sets the configured fields of a record; nil takes one away, dots lead into inner objects. */
export const customFields = (
  sources: Readonly<Record<string, string>> | null,
): ((record: LogRecord) => void) => {
  const fields = Object.entries(sources ?? {}).map(([path, source]) => ({
    path,
    value: evaluate(source),
  }));
  return (record) => {
    for (const { path, value } of fields) setField(record, path, value);
  };
};
