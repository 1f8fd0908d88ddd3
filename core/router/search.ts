import { type Bucket, type Catalog, type Spot, isList, isZone, matchersOf } from "./catalog.ts";
import type { Facts } from "./facts.ts";

import { scopes } from "./keys.ts";
import { type Matcher, holds, pathHolds } from "./matcher.ts";
import { categoryFloor, compareRanks } from "./rank.ts";
import type { Reach, Zone } from "./zone.ts";

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
  /** Only matchers above it count any more. */
  private floor = -1;
  /** Where the best so far was found: it ranks no lower than all there. Asking it instead of the matcher, of which there are
   * many, spares a line of memory. */
  private found: Reach | undefined;

  constructor(catalog: Catalog<R>, facts: Facts, visit?: Visit<R>) {
    this.catalog = catalog;
    this.facts = facts;
    this.visit = visit;
  }

  /** Facts are started and the host is read, if any zone asks for one. */
  run(): Matcher<R> | undefined {
    const { catalog, facts } = this;
    this.floor = -1;
    this.found = undefined;
    let best: Matcher<R> | undefined;
    if (catalog.exactHosts > 0) {
      if (facts.plainHost !== undefined) best = this.enterPlain(facts.plainHost);
      best = this.enter(catalog.zones.get(scopes.exact, facts.host), best);
    }
    if (catalog.suffixLengths.length > 0 || catalog.prefixLengths.length > 0)
      best = this.enterWildcards(facts.host, best);
    return this.enterZone(catalog.root, best);
  }

  /** `traditional`: a plain host with the port of the request wins over all others of its category. */
  private enterPlain(host: string): Matcher<R> | undefined {
    const best = this.enter(this.catalog.zones.get(scopes.exact, host), undefined);
    if (best) this.floor = categoryFloor(best.major);
    return best;
  }

  private enterWildcards(host: string, best: Matcher<R> | undefined): Matcher<R> | undefined {
    const { zones, suffixLengths, prefixLengths } = this.catalog;
    for (const { length } of suffixLengths) {
      const at = host.length - length;
      if (at >= 0 && host.charCodeAt(at) === 46)
        best = this.enter(zones.get(scopes.suffix, host.slice(at)), best);
    }
    for (const { length } of prefixLengths)
      if (length <= host.length && host.charCodeAt(length - 1) === 46)
        best = this.enter(zones.get(scopes.prefix, host.slice(0, length)), best);
    return best;
  }

  private enter(spot: Spot<R> | undefined, best: Matcher<R> | undefined): Matcher<R> | undefined {
    if (spot === undefined) return best;
    return isZone(spot) ? this.enterZone(spot, best) : this.bestOf(spot, best);
  }

  private enterZone(zone: Zone, best: Matcher<R> | undefined): Matcher<R> | undefined {
    if (zone.headerCount > 0) best = this.enterHeaders(zone, best);
    if (zone.sniCount > 0) {
      const { scheme, sni } = this.facts.request;
      const { zones } = this.catalog;
      if (scheme !== "https") best = this.enterInnermost(zones.get(zone.id + scopes.open, ""), best);
      else if (sni !== undefined) best = this.enterInnermost(zones.get(zone.id + scopes.sni, sni), best);
    }
    return this.walk(zone, best);
  }

  private enterHeaders({ headerNames }: Zone, best: Matcher<R> | undefined): Matcher<R> | undefined {
    const { facts, catalog } = this;
    for (const key of facts.headerKeysAmong(headerNames)) {
      const { scope } = headerNames.get(key)!;
      for (const value of facts.headerValues(key))
        best = this.enterInnermost(catalog.zones.get(scope, value), best);
    }
    return best;
  }

  /** Below a header or an SNI only paths are told apart. */
  private enterInnermost(spot: Spot<R> | undefined, best: Matcher<R> | undefined): Matcher<R> | undefined {
    if (spot === undefined) return best;
    return isZone(spot) ? this.walk(spot, best) : this.bestOf(spot, best);
  }

  /** Looks up the path's prefixes in a zone, the longest first; those that can't win any more are left out. */
  private walk(zone: Zone, best: Matcher<R> | undefined): Matcher<R> | undefined {
    const { visit } = this;
    const { packed, path } = this.facts;
    const { buckets } = this.catalog;
    const { lengths, reaches, id } = zone;
    let near = -1;
    let there = 0;
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i]!;
      if (length > path.length) continue;
      if (length >> 3 !== near) {
        near = length >> 3;
        there = buckets.lengthsNear(id, packed, length);
      }
      if (((there >>> (length & 7)) & 1) === 0) continue;
      const reach = reaches[i]!;
      if (best !== undefined && visit === undefined && this.isBeaten(reach, best)) continue;
      const bucket = buckets.getPrefix(id, packed, length);
      if (bucket === undefined) continue;
      if (visit) for (const matcher of matchersOf(bucket)) visit(matcher);
      else {
        const better = isList(bucket) ? this.betterAmong(bucket, best) : this.better(bucket, best);
        if (better === best) continue;
        best = better;
        this.found = reach;
      }
    }
    return best;
  }

  /** Whether nothing of a reach can rank before the best so far. */
  private isBeaten({ major, minor }: Reach, best: Matcher<R>): boolean {
    const { found } = this;
    if (found === undefined) return major < best.major || (major === best.major && minor < best.minor);
    return major < found.leastMajor || (major === found.leastMajor && minor < found.leastMinor);
  }

  /** Goes through the matchers of a spot without a zone, whose paths the index has not compared. */
  private bestOf(bucket: Bucket<R>, best: Matcher<R> | undefined): Matcher<R> | undefined {
    const { facts, visit } = this;
    for (const matcher of matchersOf(bucket)) {
      if (!pathHolds(matcher, facts.path)) continue;
      if (visit) visit(matcher);
      else {
        const better = this.better(matcher, best);
        if (better === best) continue;
        best = better;
        this.found = undefined;
      }
    }
    return best;
  }

  private betterAmong(matchers: readonly Matcher<R>[], best: Matcher<R> | undefined): Matcher<R> | undefined {
    for (let i = 0; i < matchers.length; i++) {
      const matcher = matchers[i]!;
      if (best !== undefined && compareRanks(matcher, best) >= 0) return best;
      const better = this.better(matcher, best);
      if (better !== best) return better;
    }
    return best;
  }

  /** The matcher when all of it holds and it ranks before the best so far, else that. */
  private better(matcher: Matcher<R>, best: Matcher<R> | undefined): Matcher<R> | undefined {
    if (best !== undefined && (matcher.major < this.floor || compareRanks(matcher, best) >= 0)) return best;
    return holds(matcher, this.facts) ? matcher : best;
  }
}
