import type { Ready } from "../ready.ts";
import type { Row } from "../entities/index.ts";
import type { Values } from "../schema/index.ts";
import { checkDocument } from "./check.ts";
import type { Context } from "./check.ts";
import type { Entry } from "./entry.ts";
import { configError } from "./error.ts";
import type { ConfigError } from "./error.ts";
import { flattenErrors } from "./flatten.ts";
import { emptyHash, hashDocument } from "./hash.ts";
import { assignIds } from "./ids.ts";
import { md5 } from "../uuid/md5.ts";
import { readDocument } from "./read.ts";
import { Resolver } from "./resolve.ts";
import { upgrade } from "./upgrade.ts";

/** Rows by entity and primary key. */
export type Tables = Record<string, Record<string, Row>>;

export interface Loaded {
  readonly ok: true;
  /** The rows as the store keeps them; workspaces are left out. */
  readonly entities: Tables;
  /** The same before write transformations (password hashes): what the answer to a load shows. */
  readonly declared: Tables;
  /** 32 hex digits that name the configuration; all 0 for an empty one. */
  readonly hash: string;
}

export interface LoadFailure {
  readonly ok: false;
  readonly error: ConfigError;
}

export interface LoadOptions {
  /** Adds `flattened_errors` to an error. */
  readonly flattenErrors?: boolean;
}

/**
 * Loads a configuration in Kong's declarative format: reads, upgrades, checks, fills, names and links every row.
 * Nothing is loaded when anything is wrong, and everything that is wrong is told.
 *
 * @param source The text of a JSON or YAML document, or the document itself. It is not changed.
 */
export function load(
  source: string | Values,
  context: Context,
  options: LoadOptions = {},
): Loaded | LoadFailure {
  const read = typeof source === "string" ? readDocument(source) : { ok: true as const, document: source };
  if (!read.ok)
    return {
      ok: false,
      error: configError({ error: `failed parsing declarative configuration: ${read.problem}` }),
    };
  const document = upgrade(read.document);
  const { entries, errors } = checkDocument(document, context);
  const fail = (fields: NonNullable<typeof errors>, withIds: boolean): LoadFailure => ({
    ok: false,
    error: options.flattenErrors
      ? flattenErrors(fields, document, context.entities, withIds ? entries : undefined)
      : configError(fields),
  });
  if (errors) return fail(errors, false);
  assignIds(entries);
  const resolver = new Resolver(context.entities);
  resolver.register(entries);
  resolver.link(entries);
  if (Object.keys(resolver.errors).length) return fail(resolver.errors, true);
  const declared = resolver.rows();
  delete declared["workspaces"];
  const isEmpty = Object.keys(declared).length === 0;
  const hash = isEmpty
    ? emptyHash
    : typeof source === "string"
      ? (context.md5 ?? md5)(source)
      : hashDocument(document);
  const entities = document["_transform"] === false ? declared : transformed(declared, context);
  return { ok: true, entities, declared, hash };
}

const atOnce = (row: Ready<Row>): Row => {
  if (row instanceof Promise) throw new TypeError("a transformation waits where nobody can wait for it");
  return row;
};

/** The rows as they are stored. Tables without a transformation are shared. */
function transformed(tables: Tables, { entities, auto }: Context): Tables {
  const stored = Object.create(null) as Tables;
  for (const [name, table] of Object.entries(tables)) {
    const entity = entities.get(name)!;
    if (!entity.transform) {
      stored[name] = table;
      continue;
    }
    const rows = Object.create(null) as Record<string, Row>;
    for (const [id, row] of Object.entries(table))
      rows[id] = atOnce(entity.transform(row, { secret: () => auto.secret() }));
    stored[name] = rows;
  }
  return stored;
}

export type { Entry };
