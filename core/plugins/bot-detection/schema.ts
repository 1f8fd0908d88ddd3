import { pcre } from "../../http/pcre.ts";
import { array, httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const patternProblem = (pattern: string): string | undefined => {
  try {
    pcre(pattern);
    return undefined;
  } catch {
    return `not a valid regex: ${pattern}`;
  }
};

const patterns = (doc: string) =>
  array(string({ is_regex: true, check: patternProblem }), { default: [], doc });

export const config = record(
  {
    allow: patterns("Regular expressions for the User-Agent of clients that pass. Asked first."),
    deny: patterns("Regular expressions for the User-Agent of clients that are refused."),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "bot-detection",
  priority: 2500,
  config,
  protocols: httpProtocols,
  noConsumer: true,
} satisfies PluginDeclaration;
