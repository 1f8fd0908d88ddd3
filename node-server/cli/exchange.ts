import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  Database,
  type DeclarativeConfiguration,
  exportYaml,
  readTables,
  StoreProblem,
  writeTables,
} from "../../core/index.ts";
import type { OpenDatabase } from "../database.ts";
import { load } from "./config.ts";
import { CommandError } from "./failure.ts";
import { type ConfOptions, configured, withDatabase } from "./opened.ts";
import { say } from "./output.ts";
import { progressBar } from "./progress.ts";

export const databaseOf = ({ store }: OpenDatabase, { context }: DeclarativeConfiguration): Database =>
  new Database({ store, entities: context.entities, auto: context.auto });

export interface ImportOptions extends ConfOptions {
  /** Delete what the file does not hold. */
  readonly delete?: boolean;
}

/** `sallyport config db_import <file>`: puts a declarative file into the database, all of it or nothing. */
export const dbImport = async (file: string, options: ImportOptions): Promise<void> => {
  const { conf, configuration } = await configured(options);
  await withDatabase(conf, configuration, async (opened) => {
    if (opened === undefined)
      throw new CommandError(
        "'sallyport config db_import' only works with a database.\n" +
          "When using database=off, reload your declarative configuration\nusing the /config endpoint.",
      );
    const tables = load(configuration, file);
    say("parse successful, beginning import");
    await opened.ready();
    try {
      const { written, unchanged, deleted } = await writeTables(databaseOf(opened, configuration), tables, {
        isComplete: options.delete === true,
        onProgress: progressBar("importing"),
      });
      say(`import successful: ${written} written, ${unchanged} unchanged, ${deleted} deleted`);
    } catch (error) {
      if (error instanceof StoreProblem) throw new CommandError(`Failed importing:\n${error.message}`);
      throw error;
    }
  });
};

/** `sallyport config db_export [file]`: writes the database as a declarative file that imports to the same rows. */
export const dbExport = async (file: string, options: ConfOptions): Promise<void> => {
  const { conf, configuration } = await configured(options);
  await withDatabase(conf, configuration, async (opened) => {
    if (opened === undefined)
      throw new CommandError("'sallyport config db_export' only works with a database.");
    const target = path.resolve(file);
    if (existsSync(target)) throw new CommandError(`${target} already exists.\nWill not overwrite it.`);
    await opened.ready();
    const { entities, auto } = configuration.context;
    // One transaction: what is written meanwhile is in the file as a whole, or not at all.
    const tables = await opened.store.transaction((rows) => readTables({ entities, auto, rows }));
    // Credentials are in it: nobody else has to read them.
    writeFileSync(target, exportYaml(tables, entities), { flag: "wx", mode: 0o600 });
  });
};
