import { type Catalog, isList, matchersOf } from "./catalog.ts";
import type { Facts } from "./facts.ts";

import { scopes } from "./keys.ts";
import { type Matcher, holds } from "./matcher.ts";
import { categoryFloor, compareRanks } from "./rank.ts";
import type { Zone } from "./zone.ts";

/** Told about each matcher that the index brings up; for explaining, where every candidate counts. */
export type Visit<R> = (matcher: Matcher<R>) => void;

/**
 * Finds the best matcher of a catalog for a request. Cost: one pass over the path, one look-up for each wildcard
 * length of hosts and each prefix length that could still win, and the conditions of what these bring up.
 */
export class Search<R> {
  private readonly catalog: Catalog<R>;
  private readonly facts: Facts;
  private readonly visit: Visit<R> | undefined;
  private best: Matcher<R> | undefined;
  /** Only matchers above it count any more. */
  private floor = -1;

  constructor(catalog: Catalog<R>, facts: Facts, visit?: Visit<R>) {
    this.catalog = catalog;
    this.facts = facts;
    this.visit = visit;
  }

  /** Facts are started and the host is read, if any zone asks for one. */
  run(): Matcher<R> | undefined {
    this.best = undefined;
    const { catalog, facts } = this;
    this.floor = -1;
    if (catalog.exactHosts > 0) {
      if (facts.plainHost !== undefined) this.enterPlain(facts.plainHost);
      this.enter(catalog.zones.get(scopes.exact, facts.host));
    }
    if (catalog.suffixLengths.length > 0 || catalog.prefixLengths.length > 0) this.enterWildcards(facts.host);
    this.enter(catalog.root);
    return this.best;
  }

  /** `traditional`: a plain host with the port of the request wins over all others of its category. */
  private enterPlain(host: string): void {
    this.enter(this.catalog.zones.get(scopes.exact, host));
    if (this.best) this.floor = categoryFloor(this.best.major);
  }

  private enterWildcards(host: string): void {
    const { zones, suffixLengths, prefixLengths } = this.catalog;
    for (const { length } of suffixLengths) {
      const at = host.length - length;
      if (at >= 0 && host.charCodeAt(at) === 46) this.enter(zones.get(scopes.suffix, host.slice(at)));
    }
    for (const { length } of prefixLengths)
      if (length <= host.length && host.charCodeAt(length - 1) === 46)
        this.enter(zones.get(scopes.prefix, host.slice(0, length)));
  }

  private enter(zone: Zone | undefined): void {
    if (zone === undefined) return;
    if (zone.headerCount > 0) this.enterHeaders(zone);
    if (zone.sniCount > 0) {
      const { scheme, sni } = this.facts.request;
      const { zones } = this.catalog;
      if (scheme !== "https") this.walk(zones.get(zone.id + scopes.open, ""));
      else if (sni !== undefined) this.walk(zones.get(zone.id + scopes.sni, sni));
    }
    this.walk(zone);
  }

  private enterHeaders({ headerNames }: Zone): void {
    const { facts, catalog } = this;
    for (const key of facts.headerKeysAmong(headerNames)) {
      const { scope } = headerNames.get(key)!;
      for (const value of facts.headerValues(key)) this.walk(catalog.zones.get(scope, value));
    }
  }

  /** Looks up the path's prefixes in a zone, the longest first; those that can't win any more are left out. */
  private walk(zone: Zone | undefined): void {
    if (zone === undefined) return;
    const { facts, catalog, visit } = this;
    const { path, hashes } = facts;
    const { length } = path;
    const { reaches, id } = zone;
    for (let i = 0; i < reaches.length; i++) {
      const reach = reaches[i]!;
      if (reach.length > length) continue;
      const { best } = this;
      if (best !== undefined && visit === undefined) {
        if (reach.major < best.major) continue;
        if (reach.major === best.major && reach.minor < best.minor) continue;
      }
      const bucket = catalog.buckets.getPrefix(id, path, reach.length, hashes[reach.length]!);
      if (bucket === undefined) continue;
      if (visit) for (const matcher of matchersOf(bucket)) visit(matcher);
      else if (isList(bucket)) this.consider(bucket);
      else this.considerOne(bucket);
    }
  }

  private consider(matchers: readonly Matcher<R>[]): void {
    const { best } = this;
    for (let i = 0; i < matchers.length; i++) {
      const matcher = matchers[i]!;
      if (best !== undefined && compareRanks(matcher, best) >= 0) return;
      this.considerOne(matcher);
      if (this.best !== best) return;
    }
  }

  private considerOne(matcher: Matcher<R>): void {
    const { best } = this;
    if (best !== undefined && (matcher.major < this.floor || compareRanks(matcher, best) >= 0)) return;
    if (holds(matcher, this.facts)) this.best = matcher;
  }
}
