import { Regex } from "../http/regex.ts";
import { toByteString } from "../http/utf8.ts";
import type { Evaluate } from "./expression/compile.ts";
import { type Facts, headerKey, lowerText } from "./facts.ts";
import { type NamePattern, isKeyable, nameMatches } from "./name.ts";
import type { Rank } from "./rank.ts";
import type { RouterEntry, RouterRoute, RouterService } from "./route.ts";

/** One header that a route asks for: any of the values, or a value that any of the patterns matches. */
export interface HeaderRule {
  readonly key: string;
  readonly values: readonly string[];
  readonly patterns: readonly Regex[];
}

/** A condition that the fields of a route can't say; compiled from an expression. */
export type Predicate = (facts: Facts) => boolean;

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
  readonly predicate?: Predicate | undefined;
  /** The expression behind `predicate`, to learn what it took from the path; undefined for routes made of fields. */
  readonly evaluate?: Evaluate | undefined;
}

/** Length that all texts share, -1 when they don't. */
function sharedLength(texts: readonly string[]): number {
  const length = texts[0]?.length ?? -1;
  return texts.every((text) => text.length === length) ? length : -1;
}

/**
 * One part of a route, compiled: every condition that is there must hold.
 *
 * The fields that a plain match reads come first, so that they share a cache line: with 100,000 routes each line
 * that is touched is a miss.
 */
export class Matcher<R> implements Rank {
  /**
   * Bytes of the path that it takes off, where finding it in the index is all there is to a match: nothing is left to
   * ask, and the prefix is stripped. -1 else.
   */
  readonly plainLength: number;
  readonly value: R;
  readonly route: RouterRoute;
  readonly service: RouterService | undefined;
  /** Path of the service. */
  readonly base: string;
  readonly major: number;
  readonly minor: number;
  /** Nothing is left to ask when the index has found the matcher. */
  readonly isSettled: boolean;
  /** `strip_path`. */
  readonly strips: boolean;
  /** Bytes that every prefix has; -1 when that is not enough to know what matched. */
  readonly prefixLength: number;
  readonly methods: readonly string[] | undefined;
  readonly regexes: readonly Regex[] | undefined;
  readonly evaluate: Evaluate | undefined;
  readonly age: number;
  readonly id: string;
  readonly hosts: readonly NamePattern[] | undefined;
  readonly checksHost: boolean;
  readonly snis: readonly NamePattern[] | undefined;
  readonly headers: readonly HeaderRule[] | undefined;
  readonly prefixes: readonly string[] | undefined;
  readonly predicate: Predicate | undefined;

  constructor({ route, service, value }: RouterEntry<R>, rank: Rank, conditions: Conditions) {
    const { methods, hosts, checksHost = false, snis, headers, prefixes, regexes, predicate } = conditions;
    const isSettled = !methods && !checksHost && !snis && !headers && !regexes && !predicate;
    const strips = route.strip_path === true;
    const prefixLength = prefixes ? sharedLength(prefixes) : -1;
    this.plainLength = isSettled && strips ? prefixLength : -1;
    this.value = value;
    this.route = route;
    this.service = service;
    this.base = service?.path ?? "/";
    this.major = rank.major;
    this.minor = rank.minor;
    this.isSettled = isSettled;
    this.strips = strips;
    this.prefixLength = prefixLength;
    this.methods = methods;
    this.regexes = regexes;
    this.evaluate = conditions.evaluate;
    this.age = rank.age;
    this.id = rank.id;
    this.hosts = hosts;
    this.checksHost = checksHost;
    this.snis = snis;
    this.headers = headers;
    this.prefixes = prefixes;
    this.predicate = predicate;
  }
}

export const isPattern = (value: string): boolean => value.startsWith("~*");

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
      values: values.filter((_, index) => !patterns[index]).map(lowerText),
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

/** True when every condition holds that finding the matcher in the index has not shown yet. */
export function holds<R>(matcher: Matcher<R>, facts: Facts): boolean {
  if (matcher.plainLength >= 0 || matcher.isSettled) return true;
  const { methods, regexes, headers, snis, predicate } = matcher;
  if (methods !== undefined && !methods.includes(facts.request.method)) return false;
  if (matcher.checksHost && !hostsMatch(matcher.hosts!, facts)) return false;
  if (regexes !== undefined && !matchingRegex(regexes, facts)) return false;
  if (headers !== undefined) for (const rule of headers) if (!headerMatches(rule, facts)) return false;
  if (snis !== undefined && !sniMatches(snis, facts)) return false;
  return predicate === undefined || predicate(facts);
}
