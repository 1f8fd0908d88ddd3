import { parseDocument } from "yaml";
import type { Tags, YAMLParseError } from "yaml";

/** Types of YAML 1.1 that JSON has no word for stay texts. */
const foreign = new Set([
  "tag:yaml.org,2002:timestamp",
  "tag:yaml.org,2002:binary",
  "tag:yaml.org,2002:omap",
  "tag:yaml.org,2002:pairs",
  "tag:yaml.org,2002:set",
]);

const jsonTypes = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === "string" || !foreign.has(tag.tag));

/** The words of the YAML reader that operators know from Kong, for the commonest mistakes. */
const known: Partial<Record<YAMLParseError["code"], string>> = {
  BLOCK_AS_IMPLICIT_KEY: "mapping values are not allowed in this context",
  TAB_AS_INDENT: "found character that cannot start any token",
  BAD_ALIAS: "found undefined alias",
};

export type YamlResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

const maxAliases = 100;

/** Line (from 1) and column (from 0) of an offset. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return `${before.split("\n").length}:${offset - lineStart}`;
}

/**
 * Reads one YAML 1.1 document into JSON's types. Later keys win over earlier ones of the same name. Aliases that would
 * blow up the document are refused.
 *
 * @returns The problem as `line:column: text`.
 */
export function readYaml(text: string): YamlResult {
  try {
    const document = parseDocument(text, {
      version: "1.1",
      customTags: jsonTypes,
      uniqueKeys: false,
      prettyErrors: false,
      merge: true,
      logLevel: "silent",
    });
    const [error] = document.errors;
    if (error) {
      const told = known[error.code] ?? error.message;
      return { ok: false, problem: `${placeOf(text, problemOffset(error, text))}: ${told}` };
    }
    return { ok: true, value: document.toJS({ maxAliasCount: maxAliases }) as unknown };
  } catch (error) {
    return { ok: false, problem: (error as Error).message };
  }
}

/** The colon that makes a nested mapping is the place that is told, not the mapping's start. */
function problemOffset(error: YAMLParseError, text: string): number {
  const [start] = error.pos;
  if (error.code !== "BLOCK_AS_IMPLICIT_KEY") return start;
  const colon = text.indexOf(":", start);
  return colon < 0 ? start : colon;
}
