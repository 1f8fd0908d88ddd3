import {
  compareTables,
  type DeclarativeConfiguration,
  type Difference,
  readTables,
  type Tables,
} from "../../core/index.ts";
import type { Conf } from "../conf/load.ts";
import { localAdmin, readRemote } from "../remote.ts";
import { load } from "./config.ts";
import { type ConfOptions, configured, withDatabase } from "./opened.ts";

export interface CompareOptions extends ConfOptions {
  /** Address of the Admin API of a running gateway, instead of the configured database. */
  readonly admin?: string;
}

const marks = { create: "+", update: "~", delete: "-" } as const;

/** The exit code that tells that a file and a gateway differ. */
const differs = 2;

const line = ({ kind, entity, name, fields }: Difference): string =>
  `${marks[kind]} ${entity} ${name}${fields.length > 0 ? `: ${fields.join(", ")}` : ""}`;

/** What a gateway serves: the one named, else the one that the configured database or Admin API belongs to. */
export const currentTables = async (
  conf: Conf,
  configuration: DeclarativeConfiguration,
  admin: string | undefined,
): Promise<Tables> => {
  if (admin !== undefined || conf.database === "off")
    return readRemote({ url: admin ?? localAdmin(conf), token: conf.adminToken }, configuration);
  return withDatabase(conf, configuration, async (opened) => {
    await opened!.ready();
    const { entities, auto } = configuration.context;
    return opened!.store.transaction((rows) => readTables({ entities, auto, rows }));
  });
};

const compared = async (file: string, options: CompareOptions): Promise<Difference[]> => {
  const { conf, configuration } = await configured(options);
  const wanted = load(configuration, file);
  return compareTables(
    await currentTables(conf, configuration, options.admin),
    wanted,
    configuration.context.entities,
  );
};

/** Prints differences, a line each, and how many there are. */
export const tell = (differences: readonly Difference[]): void => {
  const counts = Map.groupBy(differences, ({ kind }) => kind);
  const count = (kind: Difference["kind"]): number => counts.get(kind)?.length ?? 0;
  const summary = `${count("create")} to create, ${count("update")} to update, ${count("delete")} to delete`;
  process.stdout.write([...differences.map(line), summary, ""].join("\n"));
};

/** `sallyport config diff <file>`: everything in which a file and a gateway differ; exit code 2 when they do. */
export const diff = async (file: string, options: CompareOptions): Promise<void> => {
  const differences = await compared(file, options);
  tell(differences);
  if (differences.length > 0) process.exitCode = differs;
};

/** `sallyport config plan <file>`: what `db_import` would do. */
export const plan = async (file: string, options: CompareOptions & { delete?: boolean }): Promise<void> => {
  const differences = await compared(file, options);
  tell(differences.filter(({ kind }) => kind !== "delete" || options.delete === true));
};
