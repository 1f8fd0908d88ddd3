/** The prefixes of one length in a zone. */
export interface Reach {
  readonly length: number;
  /** Matchers under prefixes of this length. */
  count: number;
  /** At least the best rank among them: what ranks below the best found so far need not be looked up. */
  major: number;
  minor: number;
}

/**
 * Routes that share one condition which the index can look up (a host, a header's value, an SNI), or that share
 * none. Their paths are in the table of paths, in the scope of the zone's id.
 */
export interface Zone {
  readonly id: number;
  /** Longest prefix first. */
  readonly reaches: Reach[];
  /** Names of headers that zones below this one are told apart by, with the number of matchers. */
  readonly headerNames: Map<string, number>;
  /** Matchers in zones below this one that are told apart by SNI. */
  sniCount: number;
  /** Matchers here and in the zones below. */
  population: number;
  /** The edit that may still change this object. */
  readonly owner: object;
}

export const newZone = (id: number, owner: object): Zone => ({
  id,
  reaches: [],
  headerNames: new Map(),
  sniCount: 0,
  population: 0,
  owner,
});

export const copyZone = (zone: Zone, owner: object): Zone => ({
  ...zone,
  reaches: zone.reaches.map((reach) => ({ ...reach })),
  headerNames: zone.headerNames.size > 0 ? new Map(zone.headerNames) : zone.headerNames,
  owner,
});

/** Notes a matcher under a prefix of that length. */
export function extendReach(zone: Zone, length: number, major: number, minor: number): void {
  const { reaches } = zone;
  let at = 0;
  while (at < reaches.length && reaches[at]!.length > length) at++;
  const reach = reaches[at];
  if (reach?.length !== length) {
    reaches.splice(at, 0, { length, count: 1, major, minor });
    return;
  }
  reach.count++;
  if (major > reach.major || (major === reach.major && minor > reach.minor)) {
    reach.major = major;
    reach.minor = minor;
  }
}

/** Takes one matcher away again. The best rank may stay too high, which costs a look-up, never an answer. */
export function shrinkReach(zone: Zone, length: number): void {
  const at = zone.reaches.findIndex((reach) => reach.length === length);
  const reach = zone.reaches[at];
  if (reach && --reach.count === 0) zone.reaches.splice(at, 1);
}

/** Adds to a count by name; a count of 0 is forgotten. */
export function countName(counts: Map<string, number>, name: string, change: number): void {
  const count = (counts.get(name) ?? 0) + change;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
