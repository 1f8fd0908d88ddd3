import type { Context } from "hono";
import {
  type Entities,
  type Entity,
  parseRow,
  printEntity,
  printPlugin,
  printVault,
} from "../entities/index.ts";
import type { PluginDeclaration } from "../pdk/index.ts";
import type { RecordField, AutoSource, Values } from "../schema/index.ts";
import { schemaViolation } from "../store/index.ts";
import { violations } from "../store/references.ts";
import { referenceProblem } from "../entities/index.ts";
import type { ErrorFields } from "../schema/index.ts";
import { own } from "../schema/tree.ts";
import { type AdminApp, json } from "./app.ts";
import { readBody, withQuery } from "./body.ts";

export interface Schemas {
  readonly entities: Entities;
  readonly plugins: readonly PluginDeclaration[];
  readonly vaults: Readonly<Record<string, RecordField>>;
  readonly auto: AutoSource;
}

const unknown = (message: string): Response => json({ message }, 404);
const name = (context: Context): string => context.req.param("name") ?? "";

/** Checks a row without a look at what is stored. */
const validate = async (context: Context, { entities, auto }: Schemas, entity: Entity): Promise<Response> => {
  const body = await readBody(context);
  if (!body.ok) return body.response;
  const given: Values = withQuery(context, body.values);
  const references: ErrorFields = {};
  let values = given;
  for (const { field, parent } of entities.parentsOf(entity.name)) {
    const value = own(given, field);
    if (value === undefined || value === null) continue;
    const problem = referenceProblem(entities.get(parent)!, value);
    if (problem === undefined) continue;
    references[field] = problem;
    values = { ...values, [field]: { id: "00000000-0000-0000-0000-000000000000" } };
  }
  // Kong's schemas know nothing of times to live.
  if (entity.ttl) delete (values = { ...values })["ttl"];
  const parsed = parseRow(entity, values, auto);
  if (!parsed.ok || Object.keys(references).length > 0)
    throw schemaViolation(violations(entity, values, parsed.ok ? undefined : parsed.errors, references));
  return json({ message: "schema validation successful" });
};

/** `/schemas/…`: what rows have to look like, and whether one does. */
export const schemaResources = (app: AdminApp, schemas: Schemas): void => {
  const { entities, plugins, vaults } = schemas;
  const plugin = (context: Context): PluginDeclaration | undefined =>
    plugins.find((plugin) => plugin.name === name(context));
  app
    .resource("/schemas/plugins/validate", {
      POST: (context) => validate(context, schemas, entities.get("plugins")!),
    })
    .resource("/schemas/vaults/validate", {
      POST: (context) => validate(context, schemas, entities.get("vaults")!),
    })
    .resource("/schemas/plugins/:name", {
      GET(context) {
        const found = plugin(context);
        return found === undefined ? unknown(`No plugin named '${name(context)}'`) : json(printPlugin(found));
      },
    })
    .resource("/schemas/vaults/:name", {
      GET(context) {
        const found = Object.hasOwn(vaults, name(context)) ? vaults[name(context)] : undefined;
        return found === undefined ? unknown(`No vault named '${name(context)}'`) : json(printVault(found));
      },
    })
    .resource("/schemas/filters/:name", {
      GET: (context) => unknown(`Filter '${name(context)}' not found`),
    })
    .resource("/plugins/schema/:name", {
      GET(context) {
        const found = plugin(context);
        if (found === undefined) return unknown(`No plugin named '${name(context)}'`);
        const { fields } = printPlugin(found) as { fields: Record<string, unknown>[] };
        const config = fields.find((field) => "config" in field)!["config"];
        const { type: _type, required: _required, description: _doc, ...schema } = config as Values;
        return json({ entity_checks: [], ...schema });
      },
    })
    .resource("/schemas/:db_entity_name/validate", {
      POST(context) {
        const asked = context.req.param("db_entity_name") ?? "";
        const entity = entities.get(asked);
        return entity === undefined
          ? unknown(`No entity named '${asked}'`)
          : validate(context, schemas, entity);
      },
    })
    .resource("/schemas/:name", {
      GET(context) {
        const entity = entities.get(name(context));
        return entity === undefined
          ? unknown(`No entity named '${name(context)}'`)
          : json(printEntity(entity));
      },
    });
};
