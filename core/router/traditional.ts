import { Regex } from "../http/regex.ts";
import { Matcher, bytesOf, compileHeaders, needsHostCheck, some } from "./matcher.ts";
import { type NamePattern, parseSni, parseTraditionalHost } from "./name.ts";
import { rankTraditional } from "./rank.ts";
import type { RouterEntry } from "./route.ts";
import { isRegexPath } from "./split.ts";

/** This flavour has no wildcard SNIs: an asterisk stands for itself. */
const exactSni = (sni: string): NamePattern => ({
  kind: "exact",
  text: sni.includes("*") ? sni : parseSni(sni).text,
  port: undefined,
});

/**
 * Compiles a route for the flavour `traditional`: each path on its own, regular expressions anchored as a whole.
 *
 * @throws SyntaxError for a regular expression that the dialect refuses.
 */
export function compileTraditional<R>(entry: RouterEntry<R>): Matcher<R>[] {
  const { route } = entry;
  const hosts = some(route.hosts, parseTraditionalHost);
  const shared = {
    methods: some(route.methods, (method) => method.toUpperCase()),
    hosts,
    checksHost: needsHostCheck(hosts, 1),
    snis: some(route.snis, exactSni),
    headers: compileHeaders(route.headers, (value, isOnly) => (isOnly ? new Regex(value) : undefined)),
  };
  const parts = some(route.paths, (path) => [path]) ?? [undefined];
  return parts.map((paths) => {
    const path = paths?.[0];
    const isRegex = path !== undefined && isRegexPath(path);
    return new Matcher(entry, rankTraditional(route, bytesOf(paths)), {
      ...shared,
      prefixes: isRegex ? undefined : bytesOf(paths),
      regexes: isRegex ? [new Regex(`^(?:${path.slice(1)})`)] : undefined,
    });
  });
}
