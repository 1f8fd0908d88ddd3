import type { Entities, Entity } from "../entities/index.ts";
import type { StoredRow } from "../ports/store.ts";
import { type Values, valueProblem } from "../schema/index.ts";
import { isUuid } from "../schema/rule.ts";
import { own } from "../schema/tree.ts";
import {
  type Access,
  each,
  insert,
  keyOf,
  notFound,
  referredId,
  remove,
  schemaViolation,
  select,
  StoreProblem,
  type WriteAccess,
} from "../store/index.ts";
import { type Keeper, keeperOf, RowUnknown } from "./keeper.ts";

const idOf = ({ values }: StoredRow): string => String(values["id"]);

/** Certificates with the names of their server names in a field `snis`, and found by any of them. */
export const certificateKeeper = (entities: Entities, entity: Entity): Keeper => {
  const plain = keeperOf(entity);
  const snis = entities.get("snis")!;
  const names = async (access: Access, id: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const row of each(access, snis, { field: "certificate", id }))
      found.push(String(row.values["name"]));
    return found.sort();
  };

  /** Makes the names of a certificate those of a list. */
  const rename = async (access: WriteAccess, id: string, wanted: readonly string[]): Promise<void> => {
    for (const name of wanted) {
      const other = await access.rows.find("snis", "name", name);
      const owner = other && referredId(other.values, "certificate");
      if (owner && owner !== id)
        throw schemaViolation({ snis: `${name} already associated with existing certificate '${owner}'` });
    }
    for (const name of await names(access, id)) {
      if (wanted.includes(name)) continue;
      const row = await access.rows.find("snis", "name", name);
      if (row !== undefined) await remove(access, snis, row);
    }
    const kept = new Set(await names(access, id));
    for (const name of wanted) if (!kept.has(name)) await insert(access, snis, { name, certificate: { id } });
  };

  /** The id of the certificate that has a server name. */
  const byName = async (access: Access, text: string): Promise<string | undefined> => {
    const row = await select(access, snis, keyOf(snis, text));
    return row && (referredId(row.values, "certificate") ?? undefined);
  };

  return {
    entity,
    async find(access, text) {
      if (isUuid(text)) return plain.find(access, text);
      const id = await byName(access, text);
      if (id === undefined) throw new RowUnknown("SNI not found");
      return plain.find(access, id);
    },
    absent: (text) => notFound({ id: text }),
    async show(access, row) {
      return { ...(await plain.show(access, row)), snis: await names(access, idOf(row)) };
    },
    async insert(access, given) {
      const wanted = wantedNames(entity, given);
      const row = await plain.insert(access, given);
      if (wanted !== undefined) await rename(access, idOf(row), wanted);
      return row;
    },
    async change(access, text, stored, changes) {
      const wanted = wantedNames(entity, changes);
      const id = stored === undefined ? text : idOf(stored);
      const row = await plain.change(access, id, stored, changes);
      if (wanted !== undefined) await rename(access, id, wanted);
      return row;
    },
    async upsert(access, text, given) {
      const wanted = wantedNames(entity, given);
      if (isUuid(text)) {
        const row = await plain.upsert(access, text, given);
        await rename(access, text, wanted ?? []);
        return row;
      }
      const id = await byName(access, text);
      if (id === undefined) {
        const row = await plain.insert(access, given);
        // Without a list, Kong makes the certificate and no name for it.
        if (wanted !== undefined) await rename(access, idOf(row), [...new Set([...wanted, text])]);
        return row;
      }
      const row = await plain.upsert(access, id, given);
      await rename(access, id, [...new Set([...(wanted ?? []), text])]);
      return row;
    },
    remove: (access, row) => remove(access, entity, row, ["snis"]),
  };
};

/** The names of a list; a text stands for a list of one. @throws StoreProblem when a name stands there twice. */
const wantedNames = (entity: Entity, given: Values): string[] | undefined => {
  const value = own(given, "snis");
  if (!Array.isArray(value)) return undefined;
  const field = entity.record.record.fields.get("snis")!;
  if (valueProblem(field, value) !== undefined) return undefined;
  const seen = new Set<string>();
  for (const name of value as string[]) {
    if (seen.has(name)) throw schemaViolation({ snis: `${name} is duplicated` });
    seen.add(name);
  }
  return [...seen];
};

/** CA certificates, which stay while a service or plugin trusts them. */
export const authorityKeeper = (entities: Entities, entity: Entity): Keeper => ({
  ...keeperOf(entity),
  async remove(access, row) {
    const id = idOf(row);
    for (const name of ["services", "plugins"]) {
      for await (const { values } of each(access, entities.get(name)!)) {
        const holder = name === "plugins" ? (values["config"] as Values | null) : values;
        const trusted = holder?.["ca_certificates"];
        if (!Array.isArray(trusted) || !trusted.includes(id)) continue;
        const message = `ca certificate ${id} is still referenced by ${name} (id = ${String(values["id"])})`;
        throw new StoreProblem("referencedByOthers", message);
      }
    }
    await remove(access, entity, row);
  },
});
