import type { Context } from "hono";
import { type Entities, type Entity, normalTarget } from "../entities/index.ts";
import type { StoredRow } from "../ports/store.ts";
import type { Values } from "../schema/index.ts";
import { isUuid } from "../schema/rule.ts";
import {
  cacheKeyName,
  type Database,
  each,
  notFound,
  schemaViolation,
  StoreProblem,
  referredId,
  uniqueText,
} from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";
import { type Keeper, keeperOf, type Parent, RowUnknown } from "./keeper.ts";
import { list, listed, nextPath } from "./listing.ts";

const normal = (given: Values): Values => {
  const { target } = given;
  if (typeof target !== "string") return given;
  const spelled = normalTarget(target);
  if (spelled === undefined)
    throw schemaViolation({ target: "Invalid target; not a valid hostname or ip address" });
  return { ...given, target: spelled };
};

/** Rows that are found by several fields together, one of them given by the parent. */
export const findWithin = async (
  entity: Entity,
  find: (key: string, text: string) => Promise<StoredRow | undefined>,
  parent: Parent,
  field: string,
  value: string,
): Promise<StoredRow | undefined> => {
  const values = { [parent.field]: { id: parent.id }, [field]: value };
  return find(cacheKeyName, uniqueText({ name: cacheKeyName, fields: entity.cacheKey! }, values)!);
};

/** Targets in one spelling, found by it below their upstream. PUT changes, as PATCH does. */
export const targetKeeper = (entity: Entity): Keeper => {
  const plain = keeperOf(entity);
  const keeper: Keeper = {
    ...plain,
    async find(access, text, parent) {
      if (isUuid(text)) return plain.find(access, text);
      if (parent === undefined) return undefined;
      const find = (key: string, value: string) => access.rows.find(entity.name, key, value);
      return findWithin(entity, find, parent, "target", normalTarget(text) ?? text);
    },
    async show(access, row) {
      const shown = await plain.show(access, row);
      return { ...shown, target: normalTarget(String(shown["target"])) ?? shown["target"] };
    },
    insert: (access, given) => plain.insert(access, normal(given)),
    change(access, text, stored, changes) {
      if (stored === undefined) throw notFound({ target: text });
      return plain.change(access, String(stored.values["id"]), stored, normal(changes));
    },
    async upsert(access, text, given) {
      const { id } = given["upstream"] as { id: string };
      const stored = await keeper.find(access, text, { field: "upstream", id });
      if (stored === undefined || referredId(stored.values, "upstream") !== id) throw new RowUnknown();
      return keeper.change(access, text, stored, given);
    },
  };
  return keeper;
};

const age = ({ values }: StoredRow): number => Number(values["created_at"]);

/** `/upstreams/{upstreams}/targets`: the newest first; offsets are numbers. */
export const newestFirst = async (
  database: Database,
  entities: Entities,
  keeper: Keeper,
  context: Context,
  parent: Parent,
): Promise<Response> => {
  const { size: sizeText, offset: offsetText } = context.req.query();
  const size = sizeText === undefined ? 100 : sizeText.trim() === "" ? Number.NaN : Number(sizeText);
  if (Number.isNaN(size)) throw new StoreProblem("invalidSize", "size must be a number");
  const offset = Math.trunc(Number(offsetText ?? 0));
  const rows: StoredRow[] = [];
  for await (const row of each(database, entities.get("targets")!, parent)) rows.push(row);
  rows.sort((a, b) => age(b) - age(a) || (String(a.values["id"]) < String(b.values["id"]) ? 1 : -1));
  if (Number.isNaN(offset) || offset < 0) return json({ data: [], next: null });
  const end = offset + Math.max(0, Math.trunc(size));
  const data = await listed(database, keeper, rows.slice(offset, end));
  if (end >= rows.length) return json({ data, next: null });
  const path = new URL(context.req.url).pathname.replace(/\/$/, "");
  return json({ data, offset: String(end), next: nextPath(path, [["offset", String(end)]]) });
};

/** `/upstreams/{upstreams}/targets/all`: by id. */
export const allTargets = (
  app: AdminApp,
  database: Database,
  keeper: Keeper,
  parentOf: (context: Context) => Promise<Parent | undefined>,
): void => {
  app.resource("/upstreams/:upstreams/targets/all", {
    GET: async (context) => {
      const parent = await parentOf(context);
      if (parent === undefined) return json({ message: "Not found" }, 404);
      const path = new URL(context.req.url).pathname.replace(/\/$/, "");
      return json(await list(database, keeper, context, path, parent));
    },
  });
};
