import { boolean, foreign, name, protocols as allProtocols, record, set, string } from "../schema/index.ts";
import type { Field, PluginSchema, RecordSpec, Values } from "../schema/index.ts";
import { created, id, labels, updated } from "./columns.ts";
import type { Entity, Variant } from "./entity.ts";
import type { EntityPorts } from "./ports.ts";

const parent = (reference: string, doc: string) =>
  foreign(reference, { default: null, on_delete: "cascade", doc });

/** The field of a plugin that may be bound to `allowed` protocols. */
export const protocolsOf = (allowed: readonly string[]) =>
  set(string({ one_of: allowed }), {
    required: true,
    default: allowed === allProtocols ? ["grpc", "grpcs", "http", "https"] : allowed,
    doc: "Protocols of requests that the plugin handles.",
  });

const fields = {
  id,
  name: string({ required: true, doc: "Which plugin it is." }),
  instance_name: name({ unique: true, doc: "A name to tell several uses of a plugin apart." }),
  created_at: created,
  updated_at: updated,
  route: parent("routes", "The plugin acts only on requests of this route."),
  service: parent("services", "The plugin acts only on requests to this service."),
  consumer: parent("consumers", "The plugin acts only on requests of this consumer."),
  config: record({}, { abstract: true, doc: "The plugin's own options." }),
  protocols: protocolsOf(allProtocols),
  enabled: boolean({ required: true, default: true, doc: "Whether the plugin acts." }),
  tags: labels,
};

/** A reference that can't be set. */
export const refusedParent = (reference: string): Field =>
  foreign(reference, { eq: null, doc: "The plugin can't be bound to one of these." });

/** The record of a plugin's rows: the common fields with what its schema says. */
function recordOf(schema: PluginSchema, base: RecordSpec): RecordSpec {
  const own = new Map(base.fields);
  const config: Field = { ...schema.config, rules: { ...schema.config.rules, required: true } };
  own.set("config", config);
  if (schema.protocols) own.set("protocols", protocolsOf(schema.protocols));
  if (schema.noConsumer) own.set("consumer", refusedParent("consumers"));
  if (schema.noService) own.set("service", refusedParent("services"));
  if (schema.noRoute) own.set("route", refusedParent("routes"));
  const made: RecordSpec = { ...base, fields: own, checks: schema.checks ?? [] };
  for (const check of made.checks) check.prepare(made);
  return made;
}

export function pluginsOf(ports: EntityPorts): Entity {
  const base = record(fields);
  const records = new Map<string, RecordSpec>();
  // Records are made when the gateway is built: a wrong check shows at start, not at the first request.
  for (const [pluginName, schema] of Object.entries(ports.plugins))
    records.set(pluginName, recordOf(schema, base.record));
  return {
    name: "plugins",
    primaryKey: "id",
    endpointKey: "instance_name",
    cacheKey: ["name", "route", "service", "consumer"],
    workspaceable: true,
    adminName: "plugins",
    record: base,
    variant: (given) => variantOf(given, records),
  };
}

function variantOf(given: Values, records: ReadonlyMap<string, RecordSpec>): Variant {
  const value = given["name"];
  if (value === undefined || value === null) return { errors: { name: "required field missing" } };
  if (typeof value === "number" || typeof value === "boolean")
    return { errors: { name: "expected a string" } };
  const told = typeof value === "string" ? value : "nil";
  const found = records.get(told);
  if (found) return { record: found };
  return { errors: { name: `plugin '${told}' not enabled; add it to the 'plugins' configuration property` } };
}
