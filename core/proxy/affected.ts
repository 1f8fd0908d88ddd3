import type { Row } from "../ports/directory.ts";
import type { RowChange, Rows } from "../store/rows.ts";

/** Tables whose rows are compiled into router, plans and balancers. */
export const compiledTables: ReadonlySet<string> = new Set([
  "services",
  "routes",
  "plugins",
  "upstreams",
  "targets",
  "certificates",
  "ca_certificates",
  "snis",
  "vaults",
]);

/** Tables that no route is made of. */
const besideRoutes: ReadonlySet<string> = new Set(["upstreams", "targets", "snis"]);

const idOf = (row: Row | undefined, field: string): string | undefined =>
  (row?.[field] as { readonly id: string } | null | undefined)?.id;

/**
 * The routes that changes concern, so that no other is compiled again.
 *
 * @param rows As they are before the changes.
 * @returns Undefined when it may be any of them: a plugin for all, a certificate.
 */
export const affectedRoutes = (
  changes: readonly RowChange[],
  rows: Rows,
): ReadonlySet<string> | undefined => {
  const ids = new Set<string>();
  const ofService = (id: string): void => {
    for (const route of rows.list("routes", "service", id)) ids.add(route.id);
  };
  /** False for a plugin that is bound to neither route nor service. */
  const ofPlugin = (row: Row | undefined): boolean => {
    if (row === undefined) return true;
    const [route, service] = [idOf(row, "route"), idOf(row, "service")];
    if (route !== undefined) ids.add(route);
    else if (service !== undefined) ofService(service);
    else return false;
    return true;
  };
  for (const { table, id, row } of changes) {
    if (!compiledTables.has(table) || besideRoutes.has(table)) continue;
    if (table === "routes") ids.add(id);
    else if (table === "services") ofService(id);
    else if (table !== "plugins" || !ofPlugin(row) || !ofPlugin(rows.byId(table, id))) return undefined;
  }
  return ids;
};
