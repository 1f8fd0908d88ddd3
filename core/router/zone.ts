/** The prefixes of one length in a zone. */
export interface Reach {
  /** Matchers under prefixes of this length. */
  count: number;
  /** At least the best rank among them: what ranks below the best found so far need not be looked up. */
  major: number;
  minor: number;
  /** At most the worst rank among them. */
  leastMajor: number;
  leastMinor: number;
}

/** Zones that are told apart by the values of one header. */
export interface HeaderScope {
  /** Where the table of zones keeps the values. */
  readonly scope: number;
  /** Matchers in these zones. */
  readonly count: number;
}

/** Shared by the zones without headers, which are most; never changed. */
const noHeaders = new Map<string, HeaderScope>();

/**
 * Routes that share one condition which the index can look up (a host, a header's value, an SNI), or that share
 * none. Their paths are in the table of paths, in the scope of the zone's id.
 */
export interface Zone {
  readonly id: number;
  /** Lengths of prefixes, the longest first; side by side, because a look goes past most of them. */
  readonly lengths: number[];
  /** What there is of each of these lengths. */
  readonly reaches: Reach[];
  /** Headers that zones below this one are told apart by. */
  headerNames: Map<string, HeaderScope>;
  /** Matchers in zones below this one that are told apart by a header. */
  headerCount: number;
  /** Matchers in zones below this one that are told apart by SNI. */
  sniCount: number;
  /** Matchers here and in the zones below. */
  population: number;
  /** The edit that may still change this object. */
  readonly owner: object;
}

export const newZone = (id: number, owner: object): Zone => ({
  id,
  lengths: [],
  reaches: [],
  headerNames: noHeaders,
  headerCount: 0,
  sniCount: 0,
  population: 0,
  owner,
});

export const copyZone = (zone: Zone, owner: object): Zone => ({
  ...zone,
  lengths: [...zone.lengths],
  reaches: zone.reaches.map((reach) => ({ ...reach })),
  headerNames: zone.headerNames.size > 0 ? new Map(zone.headerNames) : noHeaders,
  owner,
});

/** Notes a matcher under a prefix of that length. */
export function extendReach(zone: Zone, length: number, major: number, minor: number): void {
  const { lengths, reaches } = zone;
  let at = 0;
  while (at < lengths.length && lengths[at]! > length) at++;
  const reach = reaches[at];
  if (!reach || lengths[at] !== length) {
    lengths.splice(at, 0, length);
    reaches.splice(at, 0, { count: 1, major, minor, leastMajor: major, leastMinor: minor });
    return;
  }
  reach.count++;
  if (major > reach.major || (major === reach.major && minor > reach.minor)) {
    reach.major = major;
    reach.minor = minor;
  }
  if (major < reach.leastMajor || (major === reach.leastMajor && minor < reach.leastMinor)) {
    reach.leastMajor = major;
    reach.leastMinor = minor;
  }
}

/** Takes one matcher away again. The ranks may stay too wide, which costs a look-up, never an answer. */
export function shrinkReach({ lengths, reaches }: Zone, length: number): void {
  const at = lengths.indexOf(length);
  const reach = reaches[at];
  if (!reach || --reach.count > 0) return;
  lengths.splice(at, 1);
  reaches.splice(at, 1);
}

/**
 * Counts matchers that are told apart by a header. @param newScope Used when the header is new to the zone.
 * @returns Where the table of zones keeps the header's values.
 */
export function countHeader(zone: Zone, key: string, change: number, newScope: number): number {
  zone.headerCount += change;
  const { scope, count } = zone.headerNames.get(key) ?? { scope: newScope, count: 0 };
  if (zone.headerNames === noHeaders) zone.headerNames = new Map();
  if (count + change > 0) zone.headerNames.set(key, { scope, count: count + change });
  else zone.headerNames.delete(key);
  return scope;
}
