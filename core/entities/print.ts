import { printSchema, protocols } from "../schema/index.ts";
import type { PluginSchema, RecordField, Values } from "../schema/index.ts";
import { printed, printField } from "../schema/print.ts";
import type { Entity } from "./entity.ts";
import { refusedParent, protocolsOf } from "./plugin.ts";

/** An entity as `GET /schemas/{entity}` prints it. */
export const printEntity = (entity: Entity): Values => printSchema(entity.record.record);

const required = (config: RecordField): Values => ({ ...printField(config), required: true });

/** A plugin as `GET /schemas/plugins/{name}` prints it: what differs from other plugins. */
export function printPlugin(schema: PluginSchema): Values {
  const fields: Values[] = [];
  if (schema.noConsumer) fields.push({ consumer: printField(refusedParent("consumers")) });
  if (schema.noService) fields.push({ service: printField(refusedParent("services")) });
  if (schema.noRoute) fields.push({ route: printField(refusedParent("routes")) });
  fields.push({ protocols: printField(protocolsOf(schema.protocols ?? protocols)) });
  fields.push({ config: required(schema.config) });
  return { entity_checks: printed(schema.checks ?? []), fields };
}

/** A vault as `GET /schemas/vaults/{name}` prints it. */
export const printVault = (config: RecordField): Values => ({
  entity_checks: [],
  fields: [{ config: required(config) }],
});
