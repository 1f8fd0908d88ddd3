import { type IndexKeys, type ZoneKey, keysOf, scopeCount, scopes } from "./keys.ts";
import type { Matcher } from "./matcher.ts";
import { compareRanks } from "./rank.ts";
import { Table, type TableEditor } from "./table.ts";
import { type Zone, copyZone, countName, extendReach, newZone, shrinkReach } from "./zone.ts";

/** Matchers under one prefix of one zone, best rank first. */
export interface Bucket<R> {
  matchers: Matcher<R>[];
  readonly owner: object;
}

/** Wildcard hosts of one length. */
export interface WildcardLength {
  readonly length: number;
  readonly count: number;
}

/**
 * Every matcher of a router, found by host, by a header's value or SNI, and by prefix of the path. Never changes: an
 * edit makes a new version that shares with this one what it doesn't touch.
 */
export interface Catalog<R> {
  readonly zones: Table<Zone>;
  readonly buckets: Table<Bucket<R>>;
  /** Matchers that ask for no host. */
  readonly root: Zone;
  readonly exactHosts: number;
  /** Matchers that look at the host in any way. */
  readonly hostMatchers: number;
  readonly suffixLengths: readonly WildcardLength[];
  readonly prefixLengths: readonly WildcardLength[];
  /** Longest prefix of a path that any matcher asks for, at least; in bytes. */
  readonly reach: number;
  readonly nextZoneId: number;
}

export function emptyCatalog<R>(): Catalog<R> {
  return {
    zones: new Table(),
    buckets: new Table(),
    root: newZone(0, {}),
    exactHosts: 0,
    hostMatchers: 0,
    suffixLengths: [],
    prefixLengths: [],
    reach: 0,
    nextZoneId: scopeCount,
  };
}

function countLength(lengths: readonly WildcardLength[], length: number, change: number): WildcardLength[] {
  const count = (lengths.find((entry) => entry.length === length)?.count ?? 0) + change;
  const others = lengths.filter((entry) => entry.length !== length);
  return count > 0 ? [...others, { length, count }].sort((a, b) => b.length - a.length) : others;
}

/** Few additions are inserted in place; many are sorted with the rest. */
const fewAdditions = 8;

function insert<R>(matchers: Matcher<R>[], matcher: Matcher<R>): void {
  let low = 0;
  let high = matchers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareRanks(matchers[middle]!, matcher) < 0) low = middle + 1;
    else high = middle;
  }
  matchers.splice(low, 0, matcher);
}

/** A version of a catalog in the making. Costs as much as what it touches. */
export class CatalogEditor<R> {
  private readonly zones: TableEditor<Zone>;
  private readonly buckets: TableEditor<Bucket<R>>;
  private readonly added = new Map<Bucket<R>, Matcher<R>[]>();
  private readonly owner = {};
  private readonly root: Zone;
  private exactHosts: number;
  private hostMatchers: number;
  private suffixLengths: readonly WildcardLength[];
  private prefixLengths: readonly WildcardLength[];
  private reach: number;
  private nextZoneId: number;

  constructor(catalog: Catalog<R>) {
    this.zones = catalog.zones.edit();
    this.buckets = catalog.buckets.edit();
    this.root = copyZone(catalog.root, this.owner);
    this.exactHosts = catalog.exactHosts;
    this.hostMatchers = catalog.hostMatchers;
    this.suffixLengths = catalog.suffixLengths;
    this.prefixLengths = catalog.prefixLengths;
    this.reach = catalog.reach;
    this.nextZoneId = catalog.nextZoneId;
  }

  add(matcher: Matcher<R>): void {
    this.place(matcher, keysOf(matcher), 1);
  }

  remove(matcher: Matcher<R>): void {
    this.place(matcher, keysOf(matcher), -1);
  }

  private place(matcher: Matcher<R>, keys: IndexKeys, change: 1 | -1): void {
    if (matcher.hosts || matcher.predicate) this.hostMatchers += change;
    for (const hostKey of keys.hosts) {
      const zone = hostKey ? this.child(this.root, hostKey, change) : this.root;
      zone.population += change;
      for (const detailKey of keys.details) {
        const detail = detailKey ? this.child(zone, detailKey, change) : zone;
        if (detail !== zone) detail.population += change;
        for (const prefix of keys.prefixes) this.placeAt(detail, prefix, matcher, change);
        if (detailKey && detail.population === 0)
          this.zones.delete(zone.id + detailKey.scope, detailKey.text);
      }
      if (hostKey && zone.population === 0) this.zones.delete(this.root.id + hostKey.scope, hostKey.text);
    }
  }

  /** The zone behind a key, free to change; made when it isn't there. */
  private child(parent: Zone, key: ZoneKey, change: 1 | -1): Zone {
    if (key.header !== undefined) countName(parent.headerNames, key.header, change);
    else if (key.scope === scopes.sni || key.scope === scopes.open) parent.sniCount += change;
    let zone = this.zones.get(parent.id + key.scope, key.text);
    if (zone?.owner === this.owner) return zone;
    if (zone) zone = copyZone(zone, this.owner);
    else {
      zone = newZone(this.nextZoneId, this.owner);
      this.nextZoneId += scopeCount;
    }
    this.zones.set(parent.id + key.scope, key.text, zone);
    if (parent === this.root) this.countHost(key, zone.population === 0 ? 1 : 0);
    return zone;
  }

  private countHost({ scope, text }: ZoneKey, change: number): void {
    if (change === 0) return;
    if (scope === scopes.exact) this.exactHosts += change;
    else if (scope === scopes.suffix)
      this.suffixLengths = countLength(this.suffixLengths, text.length, change);
    else if (scope === scopes.prefix)
      this.prefixLengths = countLength(this.prefixLengths, text.length, change);
  }

  private placeAt(zone: Zone, prefix: string, matcher: Matcher<R>, change: 1 | -1): void {
    const bucket = this.bucketOf(zone.id, prefix);
    if (change === 1) {
      extendReach(zone, prefix.length, matcher.major, matcher.minor);
      this.reach = Math.max(this.reach, prefix.length);
      const added = this.added.get(bucket);
      if (added) added.push(matcher);
      else this.added.set(bucket, [matcher]);
      return;
    }
    shrinkReach(zone, prefix.length);
    const isSame = (other: Matcher<R>): boolean => other.id === matcher.id;
    const added = this.added.get(bucket);
    const at = added?.findIndex(isSame) ?? -1;
    if (added && at >= 0) added.splice(at, 1);
    else bucket.matchers = bucket.matchers.filter((other) => !isSame(other));
    if (bucket.matchers.length > 0 || (added && added.length > 0)) return;
    this.added.delete(bucket);
    this.buckets.delete(zone.id, prefix);
  }

  private bucketOf(scope: number, prefix: string): Bucket<R> {
    const old = this.buckets.get(scope, prefix);
    if (old?.owner === this.owner) return old;
    const bucket = { matchers: old ? old.matchers.slice() : [], owner: this.owner };
    this.buckets.set(scope, prefix, bucket);
    return bucket;
  }

  /** The new version. The editor must not be used afterwards. */
  commit(): Catalog<R> {
    for (const [bucket, added] of this.added) {
      if (bucket.matchers.length === 0) bucket.matchers = added.sort(compareRanks);
      else if (added.length <= fewAdditions) for (const matcher of added) insert(bucket.matchers, matcher);
      else bucket.matchers = [...bucket.matchers, ...added].sort(compareRanks);
    }
    return {
      zones: this.zones.commit(),
      buckets: this.buckets.commit(),
      root: this.root,
      exactHosts: this.exactHosts,
      hostMatchers: this.hostMatchers,
      suffixLengths: this.suffixLengths,
      prefixLengths: this.prefixLengths,
      reach: this.reach,
      nextZoneId: this.nextZoneId,
    };
  }
}
