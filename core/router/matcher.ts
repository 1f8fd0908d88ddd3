import { Regex } from "../http/regex.ts";
import { toByteString } from "../http/utf8.ts";
import { type Facts, headerKey, lowerText } from "./facts.ts";
import { type NamePattern, nameMatches, parseHost, parseSni } from "./host.ts";
import { type Rank, rankPart } from "./rank.ts";
import type { RouterEntry } from "./route.ts";
import { isRegexPath, splitByPath } from "./split.ts";

/** One header that a route asks for: any of the values, or a value that any of the patterns match. */
export interface HeaderRule {
  readonly key: string;
  readonly values: readonly string[];
  readonly patterns: readonly Regex[];
}

/** One part of a route, compiled: every condition that is there must hold. */
export interface Matcher<R> {
  readonly entry: RouterEntry<R>;
  readonly rank: Rank;
  readonly methods: readonly string[] | undefined;
  readonly hosts: readonly NamePattern[] | undefined;
  readonly snis: readonly NamePattern[] | undefined;
  readonly headers: readonly HeaderRule[] | undefined;
  /** Byte strings of one length. */
  readonly prefixes: readonly string[] | undefined;
  readonly regexes: readonly Regex[] | undefined;
}

function compileHeaders(headers: Readonly<Record<string, readonly string[]>>): HeaderRule[] | undefined {
  const rules = Object.entries(headers).map(([name, values]) => ({
    key: headerKey(name),
    values: values.filter((value) => !value.startsWith("~*")).map(lowerText),
    // Kong lowers the pattern with everything else: `\D` asks for a digit there, and so it does here.
    patterns: values
      .filter((value) => value.startsWith("~*"))
      .map((value) => new Regex(lowerText(value.slice(2)))),
  }));
  return rules.length > 0 ? rules : undefined;
}

const some = <T, U>(values: readonly T[] | null | undefined, convert: (value: T) => U): U[] | undefined =>
  values && values.length > 0 ? values.map(convert) : undefined;

/**
 * Compiles a route for the flavours that translate routes to expressions.
 *
 * @throws SyntaxError for a regular expression that the dialect refuses.
 */
export function compileRoute<R>(entry: RouterEntry<R>): Matcher<R>[] {
  const { route } = entry;
  const methods = some(route.methods, String);
  const hosts = some(route.hosts, parseHost);
  const snis = some(route.snis, parseSni);
  const headers = compileHeaders(route.headers ?? {});
  return splitByPath(route).map(({ id, paths }) => ({
    entry,
    rank: rankPart(route, id, paths),
    methods,
    hosts,
    snis,
    headers,
    prefixes: some(
      paths?.filter((path) => !isRegexPath(path)),
      toByteString,
    ),
    regexes: some(paths?.filter(isRegexPath), (path) => new Regex(`^${path.slice(1)}`)),
  }));
}

const hostsMatch = (hosts: readonly NamePattern[], facts: Facts): boolean =>
  hosts.some(
    (host) => (host.port === undefined || host.port === facts.port) && nameMatches(host, facts.host),
  );

const headerMatches = (rule: HeaderRule, facts: Facts): boolean =>
  facts
    .headerValues(rule.key)
    .some((value) => rule.values.includes(value) || rule.patterns.some((pattern) => pattern.test(value)));

function pathMatches<R>({ prefixes, regexes }: Matcher<R>, facts: Facts): boolean {
  if (!prefixes && !regexes) return true;
  if (prefixes?.some((prefix) => facts.path.startsWith(prefix))) return true;
  return regexes?.some((regex) => regex.test(facts.pathText)) ?? false;
}

/** True when every condition of the matcher holds. */
export function matches<R>(matcher: Matcher<R>, facts: Facts): boolean {
  const { methods, hosts, snis, headers } = matcher;
  if (methods && !methods.includes(facts.request.method)) return false;
  if (hosts && !hostsMatch(hosts, facts)) return false;
  if (!pathMatches(matcher, facts)) return false;
  if (headers && !headers.every((rule) => headerMatches(rule, facts))) return false;
  // Without TLS there is no SNI to compare: the condition doesn't count.
  if (!snis || facts.request.scheme !== "https") return true;
  const { sni } = facts.request;
  return sni !== undefined && snis.some((pattern) => nameMatches(pattern, sni));
}
