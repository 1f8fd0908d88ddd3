import { parseDocument } from "yaml";
import type { Tags, YAMLParseError } from "yaml";

const prefix = "tag:yaml.org,2002:";

/** Types of YAML 1.1 that JSON has no word for stay texts. */
const foreign = new Set(["timestamp", "binary", "omap", "pairs", "set"].map((name) => prefix + name));

/** The words for true and false; `y` and `n` are texts, as in Kong. */
const words = {
  true: /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/,
  false: /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/,
};

/** The types of YAML 1.1 that make JSON. */
export const jsonTypes = (tags: Tags): Tags =>
  tags.flatMap((tag): Tags => {
    if (typeof tag === "string") return [tag];
    if (foreign.has(tag.tag)) return [];
    if (tag.tag !== `${prefix}bool`) return [tag];
    return [{ ...tag, test: tag.identify?.(true) ? words.true : words.false } as typeof tag];
  });

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

/** Line and column, from 1, of an offset. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return `${before.split("\n").length}:${offset - lineStart + 1}`;
}

/**
 * Reads the first YAML 1.1 document into JSON's types. Later keys win over earlier ones of the same name. Aliases that would
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
    // Of several documents the first one counts.
    const error = document.errors.find(({ code }) => code !== "MULTIPLE_DOCS");
    if (error) {
      const told = known[error.code] ?? error.message;
      return { ok: false, problem: `${placeOf(text, error.pos[0])}: ${told}` };
    }
    return { ok: true, value: document.toJS({ maxAliasCount: maxAliases }) as unknown };
  } catch (error) {
    return { ok: false, problem: (error as Error).message };
  }
}
