import { readFileSync } from "node:fs";
import path from "node:path";
import type { DeclarativeConfiguration, DeclaredStore, Tables } from "../core/index.ts";
import type { Conf } from "./conf/load.ts";

/** A declarative configuration that was read. */
export type Declared = NonNullable<DeclarativeConfiguration["current"]>;

const readDeclarative = (conf: Conf): string | undefined => {
  if (conf.declarativeConfig === undefined) return conf.declarativeConfigString;
  const extension = path.extname(conf.declarativeConfig);
  if (![".yml", ".yaml", ".json"].includes(extension)) {
    throw new Error(
      `error parsing declarative config file ${conf.declarativeConfig}: unknown file type: '${extension}'`,
    );
  }
  try {
    return readFileSync(conf.declarativeConfig, "utf8");
  } catch (error) {
    throw new Error(
      `error parsing declarative config file ${conf.declarativeConfig}: ${(error as Error).message}`,
      { cause: error },
    );
  }
};

/**
 * What a gateway without a database begins with: its file, else what was served before, else nothing.
 *
 * @throws AggregateError with every problem of the file.
 */
export const initialTables = (
  conf: Conf,
  configuration: DeclarativeConfiguration,
  store: DeclaredStore,
  before: Declared | undefined,
): Tables => {
  const text = readDeclarative(conf);
  const loaded = text === undefined ? before : configuration.read(text);
  if (loaded === undefined) return {};
  if (loaded.ok) {
    configuration.accept(loaded);
    const tables = configuration.tables(loaded);
    store.replaceAll(tables);
    return tables;
  }
  const source = conf.declarativeConfig ?? "declarative_config_string";
  throw new AggregateError([
    new Error(`error parsing declarative config file ${source}:`),
    ...configuration.describe(loaded).map((line) => new Error(`  ${line}`)),
  ]);
};
