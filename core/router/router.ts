import { type Catalog, CatalogEditor, emptyCatalog } from "./catalog.ts";
import { compileCompatible } from "./compatible.ts";
import { Facts } from "./facts.ts";
import { Match } from "./match.ts";
import type { Matcher } from "./matcher.ts";
import type { RouteMatch, RouteRequest } from "./request.ts";
import type { RouterEntry, RouterFlavor } from "./route.ts";
import { Search } from "./search.ts";
import { Table } from "./table.ts";
import { compileTraditional } from "./traditional.ts";

export interface RouterOptions {
  readonly flavor: RouterFlavor;
}

export interface RouterChanges<R> {
  /** Routes to add, or to put in the place of those with the same id. */
  readonly set?: readonly RouterEntry<R>[];
  /** Ids of routes to take away; unknown ones are ignored. */
  readonly remove?: readonly string[];
}

/** An immutable table of routes. */
export interface Router<R> {
  /** Number of routes. */
  readonly size: number;
  /** The route for a request, undefined when none matches. */
  match(request: RouteRequest): RouteMatch<R> | undefined;
  /**
   * A router with the changes, `remove` before `set`; this one stays as it is and goes on serving. Costs as much as
   * the changed routes, not as the table: everything else is shared.
   */
  update(changes: RouterChanges<R>): Router<R>;
}

/** A route as the router keeps it. */
interface Kept<R> {
  readonly entry: RouterEntry<R>;
  readonly matchers: readonly Matcher<R>[];
}

const streamProtocols = new Set(["tcp", "tls", "udp", "tls_passthrough"]);

class IndexedRouter<R> implements Router<R> {
  private readonly flavor: RouterFlavor;
  private readonly routes: Table<Kept<R>>;
  private readonly catalog: Catalog<R>;
  /** Shared by all versions: matching never waits, so requests don't overlap. */
  private readonly facts: Facts;
  private readonly search: Search<R>;
  private readonly asksHost: boolean;

  constructor(flavor: RouterFlavor, routes: Table<Kept<R>>, catalog: Catalog<R>, facts: Facts) {
    this.flavor = flavor;
    this.routes = routes;
    this.catalog = catalog;
    this.facts = facts;
    this.search = new Search(catalog, facts);
    this.asksHost = catalog.hostMatchers > 0;
  }

  get size(): number {
    return this.routes.size;
  }

  match(request: RouteRequest): RouteMatch<R> | undefined {
    const { facts } = this;
    facts.start(request, this.catalog.reach);
    if (this.asksHost) {
      if (this.flavor === "traditional") facts.readTraditionalHost();
      else facts.readHost();
    }
    const matcher = this.search.run();
    return matcher && new Match(matcher, facts, this.flavor === "traditional");
  }

  update({ set = [], remove = [] }: RouterChanges<R>): Router<R> {
    const routes = this.routes.edit();
    const catalog = new CatalogEditor(this.catalog);
    const drop = (id: string): void => {
      for (const matcher of routes.get(0, id)?.matchers ?? []) catalog.remove(matcher);
      routes.delete(0, id);
    };
    for (const id of remove) drop(id);
    for (const entry of set) {
      const { id, protocols } = entry.route;
      drop(id);
      if (streamProtocols.has(protocols[0] ?? "")) continue;
      const matchers = this.flavor === "traditional" ? compileTraditional(entry) : compileCompatible(entry);
      routes.set(0, id, { entry, matchers });
      for (const matcher of matchers) catalog.add(matcher);
    }
    return new IndexedRouter(this.flavor, routes.commit(), catalog.commit(), this.facts);
  }
}

/** Compiles a table of routes. Of entries with the same id the last counts. */
export function createRouter<R>(entries: Iterable<RouterEntry<R>>, { flavor }: RouterOptions): Router<R> {
  const empty = new IndexedRouter<R>(flavor, new Table(), emptyCatalog(), new Facts());
  return empty.update({ set: [...entries] });
}
