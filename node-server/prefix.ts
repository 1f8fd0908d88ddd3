import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Layer, parseConf } from "./conf/file.ts";
import type { Conf } from "./conf/load.ts";
import { propertyNames } from "./conf/properties.ts";

const fileOf = (prefix: string): string => path.join(prefix, ".sallyport_env");

const origin = "# from ";

/** Values as a file holds them: a `#` would begin a comment. */
const escaped = (text: string): string => text.replaceAll("#", "\\#").replaceAll("\n", "\\n");

/**
 * Makes the folders of a prefix, and keeps in it what the node runs with, for later commands: the values of every
 * property, references unresolved, readable by its owner only.
 *
 * @throws Error that names the prefix when it can't be written.
 */
export const preparePrefix = ({ prefix, texts, file }: Conf): void => {
  try {
    for (const folder of ["logs", "pids", "ssl"]) mkdirSync(path.join(prefix, folder), { recursive: true });
    const lines = propertyNames
      .filter((name) => texts[name] !== "" && name !== "declarative_config_string")
      .map((name) => `${name} = ${escaped(texts[name])}`);
    const target = fileOf(prefix);
    writeFileSync(target, [`${origin}${file ?? "the defaults"}`, ...lines, ""].join("\n"), { mode: 0o600 });
    chmodSync(target, 0o600);
  } catch (error) {
    throw new Error(`the prefix ${prefix} can't be written: ${(error as Error).message}`, { cause: error });
  }
};

/** What the node of a prefix was prepared with; undefined when none was. */
export const environmentLayer = (
  prefix: string,
): (Layer & { readonly file: string | undefined }) | undefined => {
  let text: string;
  try {
    text = readFileSync(fileOf(prefix), "utf8");
  } catch {
    return undefined;
  }
  const first = text.slice(0, text.indexOf("\n"));
  const file = first.startsWith(`${origin}/`) ? first.slice(origin.length) : undefined;
  return { values: parseConf(text), base: prefix, file };
};

/** A stopped node has no configuration that commands could take for its own. */
export const forgetEnvironment = (prefix: string): void => rmSync(fileOf(prefix), { force: true });
