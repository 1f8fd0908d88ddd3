import type { Entity } from "../entities/index.ts";
import type { Values } from "../schema/index.ts";
import { isObject, own } from "../schema/tree.ts";
import type { Access } from "./database.ts";
import { schemaViolation } from "./problem.ts";
import { each } from "./read.ts";

const overlap = (a: readonly unknown[], b: unknown): boolean =>
  Array.isArray(b) && a.some((protocol) => b.includes(protocol));

const idIn = (reference: Values): string | undefined => {
  const id = own(reference, "id");
  return typeof id === "string" ? id : undefined;
};

/**
 * A plugin that never meets a request of its route or service is refused. What is looked at is what the caller wrote:
 * protocols that are filled in by default, and routes that are given by name, are not judged, as in Kong.
 *
 * @throws StoreProblem
 */
export const protocolProblem = async (
  access: Access,
  entity: Entity,
  given: Values,
  stored?: Values,
): Promise<void> => {
  if (entity.name !== "plugins") return;
  const touched = ["protocols", "route", "service"].some((field) => own(given, field) !== undefined);
  if (stored !== undefined && !touched) return;
  const value = (field: string): unknown =>
    own(given, field) ?? (own(given, field) === null ? null : stored?.[field]);
  const [protocols, route, service] = [value("protocols"), value("route"), value("service")];
  if (!Array.isArray(protocols)) return;
  const refuse = (protocols: string) => schemaViolation({ protocols });
  if (isObject(route)) {
    const id = idIn(route);
    const found = id === undefined ? undefined : await access.rows.get("routes", id);
    if (found !== undefined && !overlap(protocols, found.values["protocols"]))
      throw refuse("must match the associated route's protocols");
  } else if (isObject(service)) {
    const mismatch = "must match the protocols of at least one route pointing to this Plugin's service";
    const id = idIn(service);
    if (id === undefined) throw refuse(mismatch);
    let isAlone = true;
    for await (const row of each(access, access.entities.get("routes")!, { field: "service", id })) {
      if (overlap(protocols, row.values["protocols"])) return;
      isAlone = false;
    }
    if (!isAlone) throw refuse(mismatch);
  }
};
