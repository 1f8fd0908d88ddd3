import { caCertificatesOf, certificatesOf, snis } from "./certificate.ts";
import { consumers } from "./consumer.ts";
import type { Entity } from "./entity.ts";
import { filterChains } from "./filter-chain.ts";
import { keySets, keysOf } from "./key.ts";
import { pluginsOf } from "./plugin.ts";
import type { EntityPorts } from "./ports.ts";
import { routesOf } from "./route.ts";
import { services } from "./service.ts";
import { targets } from "./target.ts";
import { upstreams } from "./upstream.ts";
import { vaultsOf } from "./vault.ts";
import { dataPlanes, parameters, tags, workspacesOf } from "./workspace.ts";

/** A field of one entity that refers to another. */
export interface Relation {
  /** The entity that has the field. */
  readonly child: string;
  readonly field: string;
  readonly parent: string;
  readonly onDelete: "cascade" | "null" | "restrict";
}

/** The entities of a gateway by name, and how they hang together. */
export interface Entities {
  readonly all: readonly Entity[];
  get(name: string): Entity | undefined;
  /** References of an entity to others. */
  parentsOf(name: string): readonly Relation[];
  /** References of others to an entity. */
  childrenOf(name: string): readonly Relation[];
}

/**
 * Builds the entities for a set of plugins. A row's parents stand before it in `all`.
 *
 * @throws TypeError when a plugin's schema contradicts itself, or two entities have one name.
 */
export function createEntities(ports: EntityPorts): Entities {
  const core = [
    consumers,
    certificatesOf(ports),
    services,
    routesOf(ports),
    snis,
    upstreams,
    targets,
    pluginsOf(ports),
    tags,
    caCertificatesOf(ports),
    dataPlanes,
    parameters,
    vaultsOf(ports),
    keySets,
    keysOf(ports),
    filterChains,
  ];
  const names = ["workspaces", ...core.map((entity) => entity.name)];
  const all = [workspacesOf(names), ...core, ...(ports.pluginEntities ?? [])];
  const byName = new Map(all.map((entity) => [entity.name, entity]));
  if (byName.size < all.length) throw new TypeError("two entities have the same name");
  const relations = all.flatMap(relationsOf);
  const parents = Map.groupBy(relations, (relation) => relation.child);
  const children = Map.groupBy(relations, (relation) => relation.parent);
  return {
    all,
    get: (name) => byName.get(name),
    parentsOf: (name) => parents.get(name) ?? [],
    childrenOf: (name) => children.get(name) ?? [],
  };
}

function relationsOf(entity: Entity): Relation[] {
  const found: Relation[] = [];
  for (const [field, { reference, onDelete = "restrict" }] of entity.record.record.fields)
    if (reference !== undefined) found.push({ child: entity.name, field, parent: reference, onDelete });
  return found;
}
