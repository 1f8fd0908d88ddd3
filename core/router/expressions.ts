import { contains, parseAddress, parseNetwork } from "../http/address.ts";
import { compileCompatible } from "./compatible.ts";
import { type Evaluate, compileExpression } from "./expression/compile.ts";
import { contradictionOf, hintsOf } from "./expression/hints.ts";
import { parseExpression } from "./expression/parser.ts";
import type { Facts } from "./facts.ts";
import { Matcher, needsHostCheck, some } from "./matcher.ts";
import { rankExpression } from "./rank.ts";
import type { RouterEndpoint, RouterEntry, RouterRoute } from "./route.ts";

export { ExpressionError } from "./expression/syntax.ts";

/** gRPC comes over HTTP: the scheme tells TLS only. */
const schemes: Readonly<Record<string, string>> = { grpc: "http", grpcs: "https" };

/**
 * Whether the scheme of a request fits. A route of https alone matches plain requests, too: they get its redirect.
 */
function schemeTest({ protocols }: RouterRoute): ((facts: Facts) => boolean) | undefined {
  if (protocols.length === 1 && protocols[0] === "https") return undefined;
  const allowed = new Set(protocols.map((protocol) => schemes[protocol] ?? protocol));
  if (allowed.has("http") && allowed.has("https")) return undefined;
  return ({ request }) => allowed.has(request.scheme);
}

function endpointTest(
  endpoints: readonly RouterEndpoint[] | null | undefined,
  addressOf: (facts: Facts) => string,
  portOf: (facts: Facts) => number,
): ((facts: Facts) => boolean) | undefined {
  const tests = some(endpoints, ({ ip, port }) => {
    const network = ip ? parseNetwork(ip) : undefined;
    if (ip && !network) throw new SyntaxError(`"${ip}" is no address`);
    return (facts: Facts): boolean => {
      if (typeof port === "number" && port !== portOf(facts)) return false;
      if (!network) return true;
      const address = parseAddress(addressOf(facts));
      return address !== undefined && contains(network, address);
    };
  });
  return tests && ((facts) => tests.some((test) => test(facts)));
}

const both = (
  tests: readonly (((facts: Facts) => boolean) | undefined)[],
): ((facts: Facts) => boolean) | undefined => {
  const given = tests.filter((test) => test !== undefined);
  if (given.length < 2) return given[0];
  return (facts) => given.every((test) => test(facts));
};

function compileWritten<R>(entry: RouterEntry<R>, source: string): Matcher<R> {
  const { route } = entry;
  const expression = parseExpression(source);
  const evaluate: Evaluate = compileExpression(source, expression);
  const hints = hintsOf(expression);
  const hosts = some(hints.hosts, (host) => host);
  return new Matcher(entry, rankExpression(route.id, route.priority ?? 0), {
    methods: some(hints.methods, String),
    hosts,
    checksHost: needsHostCheck(hosts, hints.prefixes?.length ?? 1),
    headers: some(hints.headers, (rule) => rule),
    prefixes: some(hints.prefixes, String),
    predicate: both([(facts) => evaluate(facts, undefined), schemeTest(route)]),
    evaluate,
  });
}

/**
 * Compiles a route for the flavour `expressions`: an expression of its own, or fields as in the default flavour.
 *
 * @throws ExpressionError or SyntaxError for what can't be compiled.
 */
export function compileExpressions<R>(entry: RouterEntry<R>): Matcher<R>[] {
  const { route } = entry;
  if (route.expression) return [compileWritten(entry, route.expression)];
  const predicate = both([
    endpointTest(
      route.sources,
      ({ request }) => request.peerAddress,
      ({ request }) => request.peerPort,
    ),
    endpointTest(
      route.destinations,
      ({ request }) => request.localAddress,
      ({ port }) => port,
    ),
    schemeTest(route),
  ]);
  return compileCompatible(entry, predicate);
}

/** Why a route's expression can hold for no request, undefined when it may or when the route has none. */
export const findContradiction = ({ expression }: RouterRoute): string | undefined =>
  expression ? contradictionOf(parseExpression(expression)) : undefined;

/** @returns Why an expression can't be used, with line and column; undefined when it can. */
export function checkExpression(source: string): string | undefined {
  try {
    compileExpression(source, parseExpression(source));
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}
