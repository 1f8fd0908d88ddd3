import { escapePath } from "../http/path.ts";
import type { Regex } from "../http/regex.ts";
import { fromByteString, toByteString } from "../http/utf8.ts";
import type { Findings, Predicate } from "./expression/predicate.ts";
import type { Facts } from "./facts.ts";
import { type Matcher, keepsPath, matchingRegex, takesFound } from "./matcher.ts";
import type { RouteCaptures, RouteMatch } from "./request.ts";
import type { RouterRoute, RouterService } from "./route.ts";
import { concatenatePaths, dropLeadingDots, joinPaths } from "./upstream.ts";

function capturesOf(regex: Regex, path: string): RouteCaptures | undefined {
  const found = regex.exec(fromByteString(path));
  if (!found) return undefined;
  const unnamed = found.groups
    .slice(1)
    .map((group) => (group === undefined ? undefined : toByteString(group)));
  const named: Record<string, string> = {};
  regex.groupNames.forEach((name, index) => {
    const value = unnamed[index - 1];
    if (name !== undefined && value !== undefined) named[name] = value;
  });
  return { unnamed, named };
}

/** A match; groups of regular expressions are taken out of the path when someone asks. */
export class Match<R> implements RouteMatch<R> {
  readonly value: R;
  readonly route: RouterRoute;
  readonly service: RouterService | undefined;
  readonly prefix: string | undefined;
  readonly upstreamPath: string;
  readonly path: string;
  private readonly regex: Regex | undefined;
  private readonly findings: Findings | undefined;

  constructor(matcher: Matcher<R>, facts: Facts, handlesV1: boolean) {
    const { path } = facts;
    this.value = matcher.value;
    this.route = matcher.route;
    this.service = matcher.service;
    this.path = path;
    this.findings = undefined;
    this.regex = undefined;
    let length = matcher.takes;
    if (length === takesFound) {
      const { regexes, finder } = matcher;
      const regex = regexes && (regexes.length === 1 ? regexes[0] : matchingRegex(regexes, facts));
      const findings = finder && find(finder, facts);
      this.findings = findings;
      this.regex = regex !== undefined && regex.groupNames.length > 1 ? regex : undefined;
      if (!matcher.strips) length = keepsPath;
      else length = findings ? byteLength(findings.matchedPath) : measure(matcher, regex, facts);
    }
    if (length === keepsPath) {
      this.prefix = undefined;
      this.upstreamPath = this.send(matcher.base, facts, undefined, handlesV1);
      return;
    }
    this.prefix = length < 0 ? undefined : path.slice(0, length);
    const rest = dropLeadingDots(path.slice(length < 0 ? 1 : length));
    this.upstreamPath = this.send(matcher.base, facts, rest, handlesV1);
  }

  private send(base: string, facts: Facts, rest: string | undefined, handlesV1: boolean): string {
    const { path } = facts;
    const joined =
      handlesV1 && this.route.path_handling === "v1"
        ? concatenatePaths(base, path, rest)
        : joinPaths(base, path, rest);
    return facts.isUnsafe || base !== "/" ? escapePath(joined) : joined;
  }

  get captures(): RouteCaptures | undefined {
    if (this.findings) return foundCaptures(this.findings);
    return this.regex && capturesOf(this.regex, this.path);
  }
}

/** Asks a predicate once more, this time for what it finds. */
function find(finder: Predicate, facts: Facts): Findings {
  const findings: Findings = { matchedPath: undefined, unnamed: [], named: {} };
  finder.holds(facts, findings);
  return findings;
}

const byteLength = (text: string | undefined): number =>
  text === undefined ? -1 : toByteString(text).length;

function foundCaptures({ unnamed, named }: Findings): RouteCaptures | undefined {
  if (unnamed.length === 0) return undefined;
  return {
    unnamed: Array.from(unnamed, (group) => (group === undefined ? undefined : toByteString(group))),
    named: Object.fromEntries(Object.entries(named).map(([name, group]) => [name, toByteString(group)])),
  };
}

/** Bytes of the path that the route matched, -1 when it doesn't look at the path. */
function measure<R>({ prefixes }: Matcher<R>, regex: Regex | undefined, facts: Facts): number {
  const { path } = facts;
  if (regex) {
    const { pathText } = facts;
    const length = regex.matchLength(pathText);
    return pathText === path ? length : toByteString(pathText.slice(0, length)).length;
  }
  return prefixes?.find((prefix) => path.startsWith(prefix))?.length ?? -1;
}
