import type { Facts } from "./facts.ts";
import {
  type HeaderRule,
  type Matcher,
  headerMatches,
  hostsMatch,
  matchingRegex,
  prefixMatches,
  sniMatches,
} from "./matcher.ts";
import type { NamePattern } from "./name.ts";
import { type Rank, compareRanks, ranksAsExpression } from "./rank.ts";
import type { RouterFlavor, RouterRoute } from "./route.ts";

/** One condition of a route against one request. */
export interface ExplainedCondition {
  readonly kind: "methods" | "hosts" | "paths" | "headers" | "snis" | "expression";
  readonly holds: boolean;
  /** What the route asks for. */
  readonly wanted: string;
  /** What the request has. */
  readonly got: string;
}

/** One part of a route: a route with prefixes of different lengths is ranked once for each length. */
export interface ExplainedRoute<R> {
  readonly value: R;
  readonly route: RouterRoute;
  readonly matched: boolean;
  readonly conditions: readonly ExplainedCondition[];
}

export interface Explanation<R> {
  /** The request as routes see it. */
  readonly path: string;
  readonly host: string;
  readonly port: number;
  /** Best rank first; without those that the index rules out by host, header, SNI or prefix of the path. */
  readonly considered: readonly ExplainedRoute<R>[];
  readonly winner: ExplainedRoute<R> | undefined;
  /** What decided between the winner and the next that matched; undefined when nothing had to be decided. */
  readonly reason: string | undefined;
}

const nameText = ({ kind, text, port }: NamePattern): string =>
  `${kind === "suffix" ? "*" : ""}${text}${kind === "prefix" ? "*" : ""}${port === undefined ? "" : `:${port}`}`;

const listed = (values: Iterable<string>): string => [...values].join(", ");

const ruleText = ({ key, values, patterns }: HeaderRule): string =>
  `${key}: ${listed([...values, ...patterns.map(({ pattern }) => `~*${pattern}`)])}`;

function explainConditions<R>(matcher: Matcher<R>, facts: Facts): ExplainedCondition[] {
  const { methods, hosts, headers, snis, prefixes, regexes, predicate, route } = matcher;
  const { method, scheme, sni } = facts.request;
  const conditions: ExplainedCondition[] = [];
  const add = (kind: ExplainedCondition["kind"], holds: boolean, wanted: string, got: string): void => {
    conditions.push({ kind, holds, wanted, got });
  };
  if (methods) add("methods", methods.includes(method), listed(methods), method);
  if (hosts)
    add("hosts", hostsMatch(hosts, facts), listed(hosts.map(nameText)), `${facts.host}:${facts.port}`);
  if (prefixes) add("paths", prefixMatches(prefixes, facts.path), listed(prefixes), facts.path);
  if (regexes) {
    const wanted = listed(regexes.map(({ pattern }) => `~${pattern}`));
    add("paths", matchingRegex(regexes, facts) !== undefined, wanted, facts.path);
  }
  for (const rule of headers ?? []) {
    const got = listed(facts.headerValues(rule.key)) || "no such header";
    add("headers", headerMatches(rule, facts), ruleText(rule), got);
  }
  if (snis) {
    const got = scheme === "https" ? (sni ?? "no SNI") : "no TLS, so SNI is not compared";
    add("snis", sniMatches(snis, facts), listed(snis.map(nameText)), got);
  }
  if (predicate)
    add(
      "expression",
      predicate.holds(facts),
      route.expression ?? `protocols: ${listed(route.protocols)}`,
      scheme,
    );
  return conditions;
}

/** Fields of `major`, the most telling first. */
const translatedDetails: readonly (readonly [string, number, number])[] = [
  ["more kinds of conditions", 2 ** 10, 8],
  ["plain hosts only", 2 ** 9, 2],
  ["more headers", 2, 256],
  ["a regular expression for the path", 1, 2],
];
const traditionalDetails: readonly (readonly [string, number, number])[] = [
  ["more kinds of conditions", 2 ** 20, 8],
  ["kinds of more weight (host, header, path, method, SNI)", 2 ** 13, 128],
  ["a wildcard host with a port, plain hosts only, or a regular expression", 2 ** 10, 8],
  ["more headers", 1, 1024],
];

/** Why `winner` ranks before `other`. */
function reasonOf(flavor: RouterFlavor, winner: Rank, other: Rank): string {
  const details = flavor === "traditional" ? traditionalDetails : translatedDetails;
  if (compareRanks(winner, other) > 0) return "its plain host names the port of the request";
  for (const [reason, unit, size] of details) {
    const own = Math.floor(winner.major / unit) % size;
    const theirs = Math.floor(other.major / unit) % size;
    if (own !== theirs) return `it has ${reason}`;
  }
  const length = 2 ** 19;
  if (winner.minor !== other.minor) {
    if (Math.floor(winner.minor / length) === Math.floor(other.minor / length)) return "its prefix is longer";
    return "its regex_priority is greater";
  }
  if (winner.age !== other.age) return "it is older";
  return "nothing else differs and its id is greater";
}

/** @param winner What the router chose. @param candidates What the index brought up; each once. */
export function explainMatch<R>(
  flavor: RouterFlavor,
  facts: Facts,
  winner: Matcher<R> | undefined,
  candidates: Iterable<Matcher<R>>,
): Explanation<R> {
  const matchers = [...candidates].sort(compareRanks);
  const considered = matchers.map((matcher) => {
    const conditions = explainConditions(matcher, facts);
    const matched = conditions.every(({ holds }) => holds);
    return { value: matcher.value, route: matcher.route, matched, conditions };
  });
  const second = matchers.find(
    (matcher, i) => considered[i]!.matched && matcher.route.id !== winner?.route.id,
  );
  const isExpression = winner !== undefined && ranksAsExpression(winner);
  return {
    path: facts.path,
    host: facts.host,
    port: facts.port,
    considered,
    winner: winner && considered[matchers.indexOf(winner)],
    reason:
      winner &&
      second &&
      (isExpression ? reasonOfExpression(winner, second) : reasonOf(flavor, winner, second)),
  };
}

function reasonOfExpression<R>(winner: Matcher<R>, other: Matcher<R>): string {
  if (!ranksAsExpression(other)) return "expressions rank before other routes";
  return winner.minor === other.minor
    ? "nothing else differs and its id is greater"
    : "its priority is greater";
}
