import { escapePath } from "../http/path.ts";
import { toByteString } from "../http/utf8.ts";
import type { RegexMatch, Regex } from "../http/regex.ts";
import { Facts } from "./facts.ts";
import { type Matcher, compileRoute, matches } from "./matcher.ts";
import { compareRanks } from "./rank.ts";
import type { RouteCaptures, RouteMatch, RouteRequest } from "./request.ts";
import type { RouterEntry, RouterFlavor } from "./route.ts";
import { dropLeadingDots, joinPaths } from "./upstream.ts";

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
  /** A router with the changes; this one stays as it is. */
  update(changes: RouterChanges<R>): Router<R>;
}

function capturesOf(regex: Regex, found: RegexMatch): RouteCaptures | undefined {
  if (regex.groupNames.length === 1) return undefined;
  const bytes = found.groups.map((group) => (group === undefined ? undefined : toByteString(group)));
  const named: Record<string, string> = {};
  regex.groupNames.forEach((name, index) => {
    const value = bytes[index];
    if (name !== undefined && value !== undefined) named[name] = value;
  });
  return { unnamed: bytes.slice(1), named };
}

class LinearRouter<R> implements Router<R> {
  private readonly entries: ReadonlyMap<string, RouterEntry<R>>;
  private readonly matchers: readonly Matcher<R>[];

  constructor(entries: ReadonlyMap<string, RouterEntry<R>>) {
    this.entries = entries;
    this.matchers = [...entries.values()]
      .flatMap(compileRoute<R>)
      .sort((a, b) => compareRanks(a.rank, b.rank));
  }

  get size(): number {
    return this.entries.size;
  }

  match(request: RouteRequest): RouteMatch<R> | undefined {
    const facts = new Facts(request);
    const winner = this.matchers.find((matcher) => matches(matcher, facts));
    return winner && this.found(winner, facts);
  }

  private found(matcher: Matcher<R>, facts: Facts): RouteMatch<R> {
    const { route, service, value } = matcher.entry;
    const { path } = facts;
    const regex = matcher.regexes?.find((regex) => regex.test(facts.pathText));
    const taken = regex?.exec(facts.pathText);
    const matched = taken ? toByteString(taken.groups[0]!) : matcher.prefixes?.[0];
    const prefix = route.strip_path && matched !== undefined ? path.slice(0, matched.length) : undefined;
    const rest = route.strip_path ? dropLeadingDots(path.slice(prefix?.length ?? 1)) : undefined;
    return {
      value,
      route,
      service,
      prefix,
      captures: regex && taken && capturesOf(regex, taken),
      upstreamPath: escapePath(joinPaths(service?.path ?? "/", path, rest)),
      path,
    };
  }

  update(changes: RouterChanges<R>): Router<R> {
    const entries = new Map(this.entries);
    for (const id of changes.remove ?? []) entries.delete(id);
    for (const entry of changes.set ?? []) entries.set(entry.route.id, entry);
    return new LinearRouter(entries);
  }
}

/** Compiles a table of routes. Of entries with the same id the last counts. */
export function createRouter<R>(entries: Iterable<RouterEntry<R>>, _options: RouterOptions): Router<R> {
  return new LinearRouter(new Map([...entries].map((entry) => [entry.route.id, entry])));
}
