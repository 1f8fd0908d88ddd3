import { normalizePath } from "../http/path.ts";
import { type Bucket, matchersOf } from "./catalog.ts";
import type { HeaderRule, Matcher } from "./matcher.ts";
import type { NamePattern } from "./name.ts";

/** Something about a table of routes that its author hardly meant. */
export interface RouterWarning {
  /**
   * - `invalid`: the route can't be compiled and is left out.
   * - `unreachable`: no request can ever match this route, or this path of it.
   * - `tie`: another route of equal rank can match the same requests; their ids or ages decide.
   */
  readonly kind: "invalid" | "unreachable" | "tie";
  readonly routeId: string;
  /** The other route of a tie, or the one that takes all requests. */
  readonly otherRouteId?: string;
  readonly message: string;
}

/** Buckets larger than this are compared only among their first matchers: pairs grow with the square. */
const maxCompared = 64;

type Texts = readonly string[] | undefined;

const covers = (wide: Texts, narrow: Texts): boolean =>
  wide === undefined || (narrow?.every((text) => wide.includes(text)) ?? false);

const meets = (a: Texts, b: Texts): boolean =>
  a === undefined || b === undefined || a.some((text) => b.includes(text));

const names = (patterns: readonly NamePattern[] | undefined): Texts =>
  patterns?.map(({ kind, text, port }) => `${kind} ${text} ${port ?? ""}`);

const patternsOf = <R>({ regexes }: Matcher<R>): Texts => regexes?.map(({ pattern }) => pattern);

const ruleTexts = ({ values, patterns }: HeaderRule): string[] => [
  ...values,
  ...patterns.map(({ pattern }) => `~*${pattern}`),
];

function headersCompare<R>(a: Matcher<R>, b: Matcher<R>, compare: (a: Texts, b: Texts) => boolean): boolean {
  return (a.headers ?? []).every((rule) => {
    const other = b.headers?.find(({ key }) => key === rule.key);
    return compare(ruleTexts(rule), other && ruleTexts(other));
  });
}

/** Whether whatever matches `narrow` matches `wide`, too. Says no when in doubt. */
const takesAll = <R>(wide: Matcher<R>, narrow: Matcher<R>): boolean =>
  !wide.predicate &&
  covers(wide.methods, narrow.methods) &&
  covers(names(wide.hosts), names(narrow.hosts)) &&
  covers(wide.prefixes, narrow.prefixes) &&
  covers(patternsOf(wide), patternsOf(narrow)) &&
  covers(names(wide.snis), names(narrow.snis)) &&
  headersCompare(wide, narrow, covers);

/** Whether some request may match both, which share a host. */
const canMeet = <R>(a: Matcher<R>, b: Matcher<R>): boolean =>
  meets(a.methods, b.methods) &&
  meets(a.prefixes, b.prefixes) &&
  meets(names(a.snis), names(b.snis)) &&
  headersCompare(a, b, meets);

const isTie = <R>(a: Matcher<R>, b: Matcher<R>): boolean =>
  a.major === b.major && a.minor === b.minor && a.age === b.age;

function compareAll<R>(matchers: readonly Matcher<R>[], warn: (warning: RouterWarning) => void): void {
  const compared = matchers.slice(0, maxCompared);
  for (const [index, lower] of compared.entries())
    for (const higher of compared.slice(0, index)) {
      const ids = { routeId: lower.route.id, otherRouteId: higher.route.id };
      if (ids.routeId === ids.otherRouteId) continue;
      if (takesAll(higher, lower))
        warn({
          kind: "unreachable",
          ...ids,
          message: "another route takes every request that it could match",
        });
      else if (isTie(higher, lower) && canMeet(higher, lower))
        warn({ kind: "tie", ...ids, message: "another route ranks alike; its id decides in its favour" });
    }
}

/** A prefix that no normalised path can begin with. */
const isUnreachable = (prefix: string): boolean => normalizePath(`${prefix}x`) !== `${prefix}x`;

/** Looks through all buckets of a catalog. Costs as much as the table is large: not for the request path. */
export function findWarnings<R>(buckets: Iterable<Bucket<R>>): RouterWarning[] {
  const found = new Map<string, RouterWarning>();
  const warn = (warning: RouterWarning): void => {
    found.set(`${warning.kind} ${warning.routeId} ${warning.otherRouteId ?? warning.message}`, warning);
  };
  for (const bucket of buckets) {
    const matchers = matchersOf(bucket);
    if (matchers.length > 1) compareAll(matchers, warn);
    for (const { prefixes, route } of matchers)
      for (const prefix of prefixes ?? [])
        if (isUnreachable(prefix))
          warn({
            kind: "unreachable",
            routeId: route.id,
            message: `paths are normalised before matching: none begins with "${prefix}"`,
          });
  }
  return [...found.values()];
}
