import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DeclarativeConfiguration, Tables } from "../../core/index.ts";
import { CommandError } from "./failure.ts";
import { type ConfOptions, configured } from "./opened.ts";
import { say } from "./output.ts";

const sample = `# A declarative configuration. Every name below is yours to choose.
_format_version: "3.0"

services:
  - name: example
    url: http://127.0.0.1:9000
    routes:
      - name: example
        paths: [/example]
        # plugins:
        #   - name: key-auth

# consumers:
#   - username: ada
#     keyauth_credentials:
#       - key: choose-a-secret
`;

/** `sallyport config init [file]`: writes a sample to begin with. */
export const init = (file = "kong.yml"): void => {
  const target = path.resolve(file);
  if (existsSync(target)) throw new CommandError(`${target} already exists.\nWill not overwrite it.`);
  writeFileSync(target, sample, { flag: "wx" });
};

/** The text of a declarative file. @throws CommandError */
const readFile = (file: string): string => {
  if (![".yml", ".yaml", ".json"].includes(path.extname(file))) {
    throw new CommandError(`Failed parsing:\nunknown file type: ${file}. (Accepted types: json, yaml)`);
  }
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new CommandError(
      `Failed parsing:\n${file}: ${isMissing ? "No such file or directory" : String(error)}`,
    );
  }
};

/** `sallyport config parse <file>`: every problem of a declarative file, in Kong's form. */
export const parse = async (file: string, options: ConfOptions): Promise<void> => {
  const { configuration } = await configured(options);
  load(configuration, file);
  say("parse successful");
};

/** What a declarative file holds. @throws CommandError with every problem. */
export const load = (configuration: DeclarativeConfiguration, file: string): Tables => {
  const loaded = configuration.read(readFile(file));
  if (!loaded.ok) throw new CommandError(`Failed parsing:\n${configuration.tree(loaded)}`);
  return configuration.tables(loaded);
};
