import type { Entities, Entity } from "../entities/index.ts";
import type { PluginDeclaration } from "../pdk/index.ts";
import type { Database } from "../store/index.ts";
import { isUuid } from "../schema/rule.ts";
import { type AdminApp, json } from "./app.ts";
import { authorityKeeper, certificateKeeper } from "./certificates.ts";
import { Crud } from "./crud.ts";
import { healthResources } from "./health.ts";
import type { HealthSource } from "./targethealth.ts";
import { type Keeper, keeperOf } from "./keeper.ts";
import { tagResources } from "./tags.ts";
import { allTargets, findWithin, newestFirst, targetKeeper } from "./targets.ts";

/** Groups of a consumer are found by their name below it. */
const groupKeeper = (entity: Entity): Keeper => {
  const plain = keeperOf(entity);
  return {
    ...plain,
    async find(access, text, parent) {
      if (isUuid(text) || parent === undefined) return plain.find(access, text);
      const find = (key: string, value: string) => access.rows.find(entity.name, key, value);
      return findWithin(entity, find, parent, "group", text);
    },
    change(access, text, stored, changes) {
      return plain.change(access, stored === undefined ? text : String(stored.values["id"]), stored, changes);
    },
    absentBelow: ({ auto }, text) =>
      isUuid(text) ? undefined : { message: "Not found", request_id: auto.uuid().replaceAll("-", "") },
    async upsert(access, text, given, parent) {
      if (isUuid(text) || parent === undefined) return plain.upsert(access, text, given);
      const values = { ...given, group: text };
      const find = (key: string, value: string) => access.rows.find(entity.name, key, value);
      const stored = await findWithin(entity, find, parent, "group", text);
      if (stored === undefined) return plain.insert(access, values);
      return plain.upsert(access, String(stored.values["id"]), values);
    },
  };
};

const keepersOf = (entities: Entities): Map<string, Keeper> => {
  const special: Record<string, (entity: Entity) => Keeper> = {
    certificates: (entity) => certificateKeeper(entities, entity),
    ca_certificates: (entity) => authorityKeeper(entities, entity),
    targets: targetKeeper,
    acls: groupKeeper,
  };
  return new Map(entities.all.map((entity) => [entity.name, (special[entity.name] ?? keeperOf)(entity)]));
};

const wasmOff = (): Response =>
  json({ message: "this endpoint is only available when wasm is enabled" }, 400);
const nowhere = (): Response => json({ message: "Not found" }, 404);

export interface ResourceOptions {
  readonly database: Database;
  readonly plugins: readonly PluginDeclaration[];
  readonly health: HealthSource;
  readonly nodeId: () => string;
}

/** The endpoints of every entity, the particular ones before the general ones. */
export const entityResources = (app: AdminApp, options: ResourceOptions): void => {
  const { database, plugins } = options;
  const { entities } = database;
  const crud = new Crud(database, keepersOf(entities));
  const has = (name: string): boolean => entities.get(name)?.adminName !== undefined;

  app.resource("/plugins/enabled", {
    GET: () => json({ enabled_plugins: plugins.map(({ name }) => name).sort() }),
  });
  chains(app);
  upstreamTargets(app, options, crud);
  tagResources(app, database);
  for (const entity of entities.all) {
    if (entity.name === "filter_chains" || !has(entity.name)) continue;
    crud.entity(app, entity);
  }
  for (const entity of entities.all) {
    for (const relation of entities.parentsOf(entity.name)) {
      const { child, field, parent } = relation;
      if (child === "filter_chains" || child === "targets") continue;
      if (has(parent) && entity.adminName !== undefined) {
        if (child === "snis") app.shut("/snis/:snis/certificate", nowhere);
        else crud.reference(app, relation);
        crud.children(app, relation);
      }
      void field;
    }
  }
};

const chains = (app: AdminApp): void => {
  for (const path of [
    "/filter-chains",
    "/filter-chains/:filter_chains",
    "/filter-chains/:filter_chains/route",
    "/filter-chains/:filter_chains/service",
    "/routes/:routes/filter-chains",
    "/routes/:routes/filter-chains/:filter_chains",
    "/routes/:routes/filters/all",
    "/routes/:routes/filters/disabled",
    "/routes/:routes/filters/enabled",
    "/services/:services/filter-chains",
    "/services/:services/filter-chains/:filter_chains",
  ])
    app.shut(path, wasmOff);
};

const upstreamTargets = (app: AdminApp, options: ResourceOptions, crud: Crud): void => {
  const { database, health, nodeId } = options;
  const { entities } = database;
  const relation = entities.parentsOf("targets")[0]!;
  const keeper = crud.keeper("targets");
  for (const path of ["/targets", "/targets/:targets", "/targets/:targets/upstream"]) app.shut(path, nowhere);
  healthResources(app, database, crud, health, nodeId);
  allTargets(app, database, keeper, (context) => crud.parent(context, relation));
  app.resource("/upstreams/:upstreams/targets", {
    GET: async (context) => {
      const parent = await crud.parent(context, relation);
      return parent === undefined ? nowhere() : newestFirst(database, entities, keeper, context, parent);
    },
    POST: (context) => crud.createWithin(context, relation),
  });
  crud.items(app, relation, "/upstreams/:upstreams/targets");
};
