import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { webClock, webRandom } from "../../adapters/web/index.ts";
import { DeclarativeConfiguration } from "../../core/index.ts";
import { loadConf } from "../conf/load.ts";
import { loadPlugins } from "../plugins.ts";
import { CommandError } from "./failure.ts";

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

const read = (file: string): string => {
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
export const parse = async (file: string, options: { conf?: string }): Promise<void> => {
  const conf = loadConf({ file: options.conf, environment: process.env });
  const configuration = new DeclarativeConfiguration({
    plugins: await loadPlugins(conf.plugins),
    routerFlavor: conf.routerFlavor,
    clock: webClock,
    random: webRandom,
  });
  const loaded = configuration.read(read(file));
  if (!loaded.ok) throw new CommandError(`Failed parsing:\n${configuration.tree(loaded)}`);
  process.stdout.write("parse successful\n");
};
