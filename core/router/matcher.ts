import { Regex } from "../http/regex.ts";
import { toByteString } from "../http/utf8.ts";
import type { Predicate } from "./expression/predicate.ts";
import { type Facts, headerKey } from "./facts.ts";
import { type NamePattern, isKeyable, nameMatches } from "./name.ts";
import type { Rank } from "./rank.ts";
import type { RouterEntry, RouterRoute, RouterService } from "./route.ts";

/** One header that a route asks for: any of the values, or a value that any of the patterns matches. */
export interface HeaderRule {
  readonly key: string;
  readonly values: readonly string[];
  readonly patterns: readonly Regex[];
}

/** What a matcher asks for; what is absent does not restrict. */
export interface Conditions {
  readonly methods?: readonly string[] | undefined;
  readonly hosts?: readonly NamePattern[] | undefined;
  /** Looking the host up in the index is not enough: ports, or wildcards that are not whole labels. */
  readonly checksHost?: boolean;
  readonly snis?: readonly NamePattern[] | undefined;
  readonly headers?: readonly HeaderRule[] | undefined;
  /** Byte strings; the index shows whether one holds. */
  readonly prefixes?: readonly string[] | undefined;
  readonly regexes?: readonly Regex[] | undefined;
  /** What the fields above can't say. */
  readonly predicate?: Predicate | undefined;
  /** Tells what the route takes from the path; undefined where prefixes or regexes do. */
  readonly finder?: Predicate | undefined;
}

/** Length that all texts share, -1 when they don't. */
function sharedLength(texts: readonly string[]): number {
  const length = texts[0]?.length ?? -1;
  return texts.every((text) => text.length === length) ? length : -1;
}

/** Bits of {@link Matcher.asks}: one a method, the last of them for all that have no bit. */
const methodBits: ReadonlyMap<string, number> = new Map(
  ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"].map((method, i) => [
    method,
    1 << i,
  ]),
);
const otherMethod = 1 << 9;
const anyMethod = otherMethod * 2 - 1;
/** Something is left to ask that the index doesn't show and that is no method. */
const asksMore = otherMethod * 2;
const bitOf = (method: string): number => methodBits.get(method) ?? otherMethod;

/** Of {@link Matcher.takes}: regular expressions, expressions and prefixes of several lengths tell only with a path. */
export const takesFound = -1;
/** The route strips, but doesn't look at the path. */
const takesNothing = -2;
/** The path stays as it is. */
export const keepsPath = -3;

/**
 * One part of a route, compiled: every condition that is there must hold.
 *
 * The fields that most matches read come first, so that they share a cache line: with 100,000 routes each line
 * that is touched is a miss.
 */
export class Matcher<R> implements Rank {
  /** What is left to ask when the index has found the matcher: bits of methods and `asksMore`; mostly 0. */
  readonly asks: number;
  /** Bytes of the path that it takes off, or one of the constants above. */
  readonly takes: number;
  readonly value: R;
  readonly route: RouterRoute;
  readonly service: RouterService | undefined;
  /** Path of the service. */
  readonly base: string;
  readonly prefixes: readonly string[] | undefined;
  readonly major: number;
  readonly minor: number;
  /** `strip_path`. */
  readonly strips: boolean;
  readonly regexes: readonly Regex[] | undefined;
  readonly finder: Predicate | undefined;
  readonly age: number;
  readonly id: string;
  readonly methods: readonly string[] | undefined;
  readonly hosts: readonly NamePattern[] | undefined;
  readonly checksHost: boolean;
  readonly snis: readonly NamePattern[] | undefined;
  readonly headers: readonly HeaderRule[] | undefined;
  readonly predicate: Predicate | undefined;

  constructor({ route, service, value }: RouterEntry<R>, rank: Rank, conditions: Conditions) {
    const { methods, hosts, checksHost = false, snis, headers, prefixes, regexes } = conditions;
    const { predicate, finder } = conditions;
    const more = checksHost || snis || headers || regexes || predicate ? asksMore : 0;
    const named = methods?.reduce((bits, method) => bits | bitOf(method), 0) ?? 0;
    this.asks = more === 0 || named !== 0 ? more | named : more | anyMethod;
    const strips = route.strip_path === true;
    if (regexes || finder) this.takes = takesFound;
    else if (strips) this.takes = prefixes ? sharedLength(prefixes) : takesNothing;
    else this.takes = keepsPath;
    this.value = value;
    this.route = route;
    this.service = service;
    this.base = service?.path ?? "/";
    this.strips = strips;
    this.prefixes = prefixes;
    this.major = rank.major;
    this.minor = rank.minor;
    this.regexes = regexes;
    this.finder = finder;
    this.age = rank.age;
    this.id = rank.id;
    this.methods = methods;
    this.hosts = hosts;
    this.checksHost = checksHost;
    this.snis = snis;
    this.headers = headers;
    this.predicate = predicate;
  }
}

const isPattern = (value: string): boolean => value.startsWith("~*");

/** Values and patterns of the headers of a route. @param patternOf Makes the pattern of a value that begins with `~*`. */
export function compileHeaders(
  headers: Readonly<Record<string, readonly string[]>> | null | undefined,
  patternOf: (value: string, isOnly: boolean) => Regex | undefined,
): HeaderRule[] | undefined {
  const rules = Object.entries(headers ?? {}).map(([name, values]) => {
    const patterns = values.map((value) =>
      isPattern(value) ? patternOf(value.slice(2), values.length === 1) : undefined,
    );
    return {
      key: headerKey(name),
      values: values.filter((_, index) => !patterns[index]).map((value) => value.toLowerCase()),
      patterns: patterns.filter((pattern) => pattern !== undefined),
    };
  });
  return rules.length > 0 ? rules : undefined;
}

/** A converted list, undefined for an empty one. */
export const some = <T, U>(
  values: readonly T[] | null | undefined,
  convert: (value: T) => U,
): U[] | undefined => (values && values.length > 0 ? values.map(convert) : undefined);

export const bytesOf = (paths: readonly string[] | undefined): string[] | undefined =>
  some(paths, toByteString);

/** Places in the index that one matcher may take; beyond, it is kept under fewer conditions and checked instead. */
export const maxPlaces = 512;

/** Whether hosts must be checked one by one. @param pathCount Paths of the same matcher, each a place for each host. */
export const needsHostCheck = (hosts: readonly NamePattern[] | undefined, pathCount: number): boolean =>
  hosts !== undefined &&
  (hosts.length * pathCount > maxPlaces || hosts.some((host) => host.port !== undefined || !isKeyable(host)));

export function hostsMatch(hosts: readonly NamePattern[], facts: Facts): boolean {
  for (const host of hosts) {
    if (host.port !== undefined && host.port !== facts.port) continue;
    if (nameMatches(host, facts.host)) return true;
    // Only `traditional` has plain hosts with a port in their text.
    if (host.kind === "exact" && host.text === facts.plainHost) return true;
  }
  return false;
}

export function headerMatches(rule: HeaderRule, facts: Facts): boolean {
  for (const value of facts.headerValues(rule.key)) {
    if (rule.values.includes(value)) return true;
    for (const pattern of rule.patterns) if (pattern.test(value)) return true;
  }
  return false;
}

/** Without TLS there is no SNI to compare: the condition doesn't count. */
export function sniMatches(snis: readonly NamePattern[], facts: Facts): boolean {
  const { scheme, sni } = facts.request;
  if (scheme !== "https") return true;
  return sni !== undefined && snis.some((pattern) => nameMatches(pattern, sni));
}

export function prefixMatches(prefixes: readonly string[], path: string): boolean {
  for (const prefix of prefixes) if (path.startsWith(prefix)) return true;
  return false;
}

/** The first pattern that matches the path. */
export function matchingRegex(regexes: readonly Regex[], facts: Facts): Regex | undefined {
  for (const regex of regexes) if (regex.test(facts.pathText)) return regex;
  return undefined;
}

/** True when every condition holds that finding the matcher in the index, by all its keys, has not shown yet. */
export function holds<R>(matcher: Matcher<R>, facts: Facts): boolean {
  const { asks } = matcher;
  if (asks === 0) return true;
  const { method } = facts.request;
  const bit = bitOf(method);
  if ((asks & bit) === 0) return false;
  if (bit === otherMethod && matcher.methods !== undefined && !matcher.methods.includes(method)) return false;
  if (asks < asksMore) return true;
  const { regexes, headers, snis, predicate } = matcher;
  if (matcher.checksHost && !hostsMatch(matcher.hosts!, facts)) return false;
  if (regexes !== undefined && !matchingRegex(regexes, facts)) return false;
  if (headers !== undefined) for (const rule of headers) if (!headerMatches(rule, facts)) return false;
  if (snis !== undefined && !sniMatches(snis, facts)) return false;
  return predicate === undefined || predicate.holds(facts);
}

/** Whether the path begins as the matcher wants; regular expressions not asked. */
export function pathHolds<R>({ takes, prefixes }: Matcher<R>, path: string): boolean {
  // Prefixes of one byte are the slash that paths begin with.
  if (prefixes === undefined || (takes === 1 && path.startsWith("/"))) return true;
  return prefixMatches(prefixes, path);
}
