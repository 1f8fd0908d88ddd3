import { stringify } from "yaml";

import type { Entities, Entity, Row } from "../entities/index.ts";
import type { Values } from "../schema/index.ts";
import { isObject, put } from "../schema/tree.ts";
import type { Tables } from "./load.ts";
import { jsonTypes } from "./yaml.ts";

/** A row with references as plain ids and without what is never stored. */
function exported(entity: Entity, row: Row): Values {
  const { fields } = entity.record.record;
  const plain: Values = {};
  for (const [name, value] of Object.entries(row)) {
    const field = fields.get(name);
    if (field?.rules.transient) continue;
    put(plain, name, field?.reference !== undefined && isObject(value) ? value["id"] : value);
  }
  return plain;
}

/**
 * The rows as a document that loads to the same rows: flat, references as ids, nulls written out, parents before
 * children. Passwords are hashes already, hence `_transform: false`.
 */
export function exportDocument(tables: Tables, entities: Entities): Values {
  const document: Values = { _format_version: "3.0", _transform: false };
  for (const entity of entities.all) {
    const rows = Object.values(tables[entity.name] ?? {});
    if (entity.transient || entity.name === "workspaces" || rows.length === 0) continue;
    document[entity.name] = rows.map((row) => exported(entity, row));
  }
  return document;
}

/** The document of {@link exportDocument} as YAML 1.1, as `GET /config` and the export command print it. */
export const exportYaml = (tables: Tables, entities: Entities): string =>
  stringify(exportDocument(tables, entities), {
    version: "1.1",
    customTags: jsonTypes,
    nullStr: "~",
    singleQuote: true,
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
