import type { Entities, Entity, Relation, Row } from "../entities/index.ts";
import type { Values } from "../schema/index.ts";

/** One row of the document: what was written, and what becomes of it. */
export interface Entry {
  readonly entity: Entity;
  /** Position in its list, from 0. */
  readonly index: number;
  /** As written, without the lists of child rows. */
  readonly given: Values;
  readonly parent: Entry | undefined;
  /** The reference to the parent that the nesting stands for. */
  readonly relation: Relation | undefined;
  readonly children: ReadonlyMap<string, readonly Entry[]>;
  /** The id, once it is known. */
  id: string;
  /** The complete row; undefined while the document has errors. */
  row: Row | undefined;
}

/** Child lists that may stand inside a row of an entity, by name. */
export function nestable(entities: Entities, entity: Entity): ReadonlyMap<string, Relation> {
  const known = new Map<string, Relation>();
  for (const relation of entities.childrenOf(entity.name))
    if (!known.has(relation.child)) known.set(relation.child, relation);
  return known;
}

/** Parents first, in the order of the document. */
export function* walk(entries: Iterable<Entry>): Generator<Entry> {
  for (const entry of entries) {
    yield entry;
    for (const list of entry.children.values()) yield* walk(list);
  }
}
