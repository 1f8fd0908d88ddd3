import {
  type Bucket,
  type Catalog,
  CatalogEditor,
  bucketOf,
  bucketsOf,
  emptyCatalog,
  matchersOf,
} from "./catalog.ts";
import { compileCompatible } from "./compatible.ts";
import { type Explanation, explainMatch } from "./explain.ts";
import { compileExpressions } from "./expressions.ts";
import { UnreachableError } from "./expression/syntax.ts";
import { Facts } from "./facts.ts";
import { Match } from "./match.ts";
import type { Matcher } from "./matcher.ts";
import type { RouteMatch, RouteRequest } from "./request.ts";
import type { RouterEntry, RouterFlavor } from "./route.ts";
import { Search } from "./search.ts";
import { Table } from "./table.ts";
import { compileTraditional } from "./traditional.ts";
import { type RouterWarning, findWarnings } from "./warnings.ts";

export interface RouterOptions {
  readonly flavor: RouterFlavor;
}

export interface RouterChanges<R> {
  /** Routes to add, or to put in the place of those with the same id. */
  readonly set?: readonly RouterEntry<R>[];
  /** Ids of routes to take away; unknown ones are ignored. */
  readonly remove?: readonly string[];
}

/**
 * A table of routes that never changes.
 *
 * There is no cache of answers: its key of method, host and path costs 150-190 ns to make and look up (Node 24, AMD
 * EPYC, 2026-11), as much as a match, and a flood of unique paths would only grow or empty it.
 */
export interface Router<R> {
  /** Number of routes, those included that can't be compiled. */
  readonly size: number;
  /** What the author of the table should know. Found when first asked for; costs as much as the table is large. */
  readonly warnings: readonly RouterWarning[];
  /** The route for a request, undefined when none matches. */
  match(request: RouteRequest): RouteMatch<R> | undefined;
  /** Which routes were considered for a request, which conditions held, and why the winner won. */
  explain(request: RouteRequest, options?: ExplainOptions): Explanation<R>;
  /**
   * A router with the changes, `remove` before `set`; this one stays as it is and goes on serving. Costs as much as
   * the changed routes, not as the table: everything else is shared.
   */
  update(changes: RouterChanges<R>): Router<R>;
}

export interface ExplainOptions {
  /** Routes to explain even if the index rules them out. */
  readonly routeIds?: readonly string[];
}

/** A route, compiled. */
interface Compiled<R> {
  readonly matchers: readonly Matcher<R>[];
  /** Why it is left out. */
  readonly problem: RouterWarning | undefined;
}

const streamProtocols = new Set(["tcp", "tls", "udp", "tls_passthrough"]);

const compilers = {
  traditional: compileTraditional,
  traditional_compatible: compileCompatible,
  expressions: compileExpressions,
};

function compile<R>(flavor: RouterFlavor, entry: RouterEntry<R>): Compiled<R> {
  try {
    return { matchers: compilers[flavor](entry), problem: undefined };
  } catch (error) {
    // One bad route must not take the others down.
    if (!(error instanceof SyntaxError)) throw error;
    const kind = error instanceof UnreachableError ? "unreachable" : "invalid";
    return { matchers: [], problem: { kind, routeId: entry.route.id, message: error.message } };
  }
}

class IndexedRouter<R> implements Router<R> {
  private readonly flavor: RouterFlavor;
  private readonly routes: Table<Bucket<R>>;
  private readonly problems: ReadonlyMap<string, RouterWarning>;
  private readonly catalog: Catalog<R>;
  /** Shared by all versions: matching never waits, so requests don't overlap. */
  private readonly facts: Facts;
  private readonly search: Search<R>;
  private readonly asksHost: boolean;
  private found: readonly RouterWarning[] | undefined;

  constructor(
    flavor: RouterFlavor,
    routes: Table<Bucket<R>>,
    problems: ReadonlyMap<string, RouterWarning>,
    catalog: Catalog<R>,
    facts: Facts,
  ) {
    this.flavor = flavor;
    this.routes = routes;
    this.problems = problems;
    this.catalog = catalog;
    this.facts = facts;
    this.search = new Search(catalog, facts);
    this.asksHost = catalog.hostMatchers > 0;
  }

  get size(): number {
    return this.routes.size;
  }

  get warnings(): readonly RouterWarning[] {
    return (this.found ??= [...this.problems.values(), ...findWarnings(bucketsOf(this.catalog))]);
  }

  private start(request: RouteRequest): void {
    const { facts } = this;
    facts.start(request, this.catalog.reach);
    if (!this.asksHost) return;
    if (this.flavor === "traditional") facts.readTraditionalHost();
    else facts.readHost();
  }

  match(request: RouteRequest): RouteMatch<R> | undefined {
    this.start(request);
    const matcher = this.search.run();
    return matcher && new Match(matcher, this.facts, this.flavor === "traditional");
  }

  explain(request: RouteRequest, { routeIds = [] }: ExplainOptions = {}): Explanation<R> {
    const { facts, catalog, flavor } = this;
    this.start(request);
    // The host is told even when no route asks for it.
    if (!this.asksHost) facts.readHost();
    const winner = this.search.run();
    const candidates = new Set(routeIds.flatMap((id) => matchersOf(this.routes.get(0, id) ?? [])));
    new Search(catalog, facts, (matcher) => candidates.add(matcher)).run();
    return explainMatch(flavor, facts, winner, candidates);
  }

  update({ set = [], remove = [] }: RouterChanges<R>): Router<R> {
    const routes = this.routes.edit(set.length);
    const catalog = new CatalogEditor(this.catalog, set.length);
    let problems: Map<string, RouterWarning> | undefined;
    const keep = (id: string, compiled: Compiled<R> | undefined): void => {
      const old = compiled ? routes.set(0, id, bucketOf(compiled.matchers)) : routes.delete(0, id);
      for (const matcher of matchersOf(old ?? [])) catalog.remove(matcher);
      for (const matcher of compiled?.matchers ?? []) catalog.add(matcher);
      if (!this.problems.has(id) && !compiled?.problem) return;
      problems ??= new Map(this.problems);
      problems.delete(id);
      if (compiled?.problem) problems.set(id, compiled.problem);
    };
    for (const id of remove) keep(id, undefined);
    for (const entry of set) {
      const { id, protocols } = entry.route;
      keep(id, streamProtocols.has(protocols[0] ?? "") ? undefined : compile(this.flavor, entry));
    }
    return new IndexedRouter(
      this.flavor,
      routes.commit(),
      problems ?? this.problems,
      catalog.commit(),
      this.facts,
    );
  }
}

/**
 * Compiles a table of routes. Of entries with the same id the last counts; routes of stream protocols are left out.
 * A route that can't be compiled is left out, too, and told in `warnings`.
 */
export function createRouter<R>(entries: Iterable<RouterEntry<R>>, { flavor }: RouterOptions): Router<R> {
  const empty = new IndexedRouter<R>(flavor, new Table(), new Map(), emptyCatalog(), new Facts());
  return empty.update({ set: [...entries] });
}
