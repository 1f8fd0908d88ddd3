import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const defaultFiles = ["/etc/sallyport/sallyport.conf", "/etc/sallyport.conf"];

/** Reads `key = value` lines; `#` begins a comment unless escaped. */
export const parseConf = (text: string): Map<string, string> => {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const bare = line
      .replace(/(^|[^\\])#.*$/, "$1")
      .replaceAll("\\#", "#")
      .trim();
    const equals = bare.indexOf("=");
    if (equals > 0) found.set(bare.slice(0, equals).trim(), bare.slice(equals + 1).trim());
  }
  return found;
};

/** Some values and the folder that their relative paths start from. */
export interface Layer {
  readonly values: ReadonlyMap<string, string>;
  readonly base: string;
}

export const readLayer = (file: string): Layer => ({
  values: parseConf(readFileSync(file, "utf8")),
  base: path.dirname(path.resolve(file)),
});

/** The file that was asked for, else the first of the default ones that exists. @throws Error when it is missing. */
export const confFile = (file: string | undefined): string | undefined => {
  if (file !== undefined && !existsSync(file)) throw new Error(`no file at: ${file}`);
  return file ?? defaultFiles.find((candidate) => existsSync(candidate));
};
