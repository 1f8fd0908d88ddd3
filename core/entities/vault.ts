import { record, string } from "../schema/index.ts";
import type { RecordField, RecordSpec } from "../schema/index.ts";
import { created, id, labels, updated } from "./columns.ts";
import type { Entity } from "./entity.ts";
import type { EntityPorts } from "./ports.ts";

/** Secrets in environment variables. */
const env = record(
  {
    prefix: string({ match: "^[%a_-][%a%d_-]*$", doc: "What the names of the variables begin with." }),
  },
  { required: true },
);

export const bundledVaults: Readonly<Record<string, RecordField>> = { env };

export function vaultsOf({ vaults = bundledVaults }: EntityPorts): Entity {
  const installed = Object.keys(vaults);
  const base = record({
    id,
    prefix: string({
      required: true,
      unique: true,
      match: "^[a-z][a-z%d-]-[a-z%d]+$",
      not_one_of: installed,
      doc: "The name by which references call the vault: {vault://prefix/…}.",
    }),
    name: string({ required: true, doc: "Which kind of vault it is." }),
    description: string({ doc: "What the vault is for." }),
    config: record({}, { abstract: true, doc: "The vault's own options." }),
    created_at: created,
    updated_at: updated,
    tags: labels,
  });
  const records = new Map<string, RecordSpec>();
  for (const [name, config] of Object.entries(vaults)) {
    const fields = new Map(base.record.fields).set("config", config);
    records.set(name, { ...base.record, fields });
  }
  return {
    name: "vaults",
    primaryKey: "id",
    endpointKey: "prefix",
    cacheKey: ["prefix"],
    workspaceable: true,
    adminName: "vaults",
    record: base,
    variant(given) {
      const name = given["name"];
      if (name === undefined || name === null) return { errors: { name: "required field missing" } };
      if (typeof name === "number" || typeof name === "boolean")
        return { errors: { name: "expected a string" } };
      const told = typeof name === "string" ? name : "nil";
      const found = records.get(told);
      return found ? { record: found } : { errors: { name: `vault '${told}' is not installed` } };
    },
  };
}
