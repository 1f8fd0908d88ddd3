import { Regex } from "../http/regex.ts";
import type { Predicate } from "./expression/predicate.ts";
import { Matcher, bytesOf, compileHeaders, needsHostCheck, some } from "./matcher.ts";
import { parseHost, parseSni } from "./name.ts";
import { rankPart } from "./rank.ts";
import type { RouterEntry } from "./route.ts";
import { isRegexPath, splitByPath } from "./split.ts";

/**
 * Compiles a route for the flavour `traditional_compatible`.
 *
 * @param predicate What else must hold.
 * @throws SyntaxError for a regular expression that the dialect refuses.
 */
export function compileCompatible<R>(entry: RouterEntry<R>, predicate?: Predicate): Matcher<R>[] {
  const { route } = entry;
  const hosts = some(route.hosts, parseHost);
  const shared = {
    methods: route.methods && route.methods.length > 0 ? route.methods : undefined,
    hosts,
    checksHost: needsHostCheck(hosts, route.paths?.length ?? 1),
    snis: some(route.snis, parseSni),
    // Kong lowers a pattern with everything else: `\D` asks for a digit there, and so it does here.
    headers: compileHeaders(route.headers, (value) => new Regex(value.toLowerCase())),
    predicate,
  };
  return splitByPath(route.id, bytesOf(route.paths ?? undefined)).map(({ id, paths }) => {
    const isRegex = paths !== undefined && isRegexPath(paths[0]!);
    return new Matcher(entry, rankPart(route, id, paths), {
      ...shared,
      prefixes: isRegex ? undefined : paths,
      regexes: isRegex ? regexesOf(route.paths!) : undefined,
    });
  });
}

/** Regular expressions among paths, anchored at the start: `/a|/b` anchors its first branch only, as with Kong. */
const regexesOf = (paths: readonly string[]): Regex[] =>
  paths.filter(isRegexPath).map((path) => new Regex(`^${path.slice(1)}`));
