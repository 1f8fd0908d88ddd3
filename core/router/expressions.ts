import { contains, parseAddress, parseNetwork } from "../http/address.ts";
import { compileCompatible } from "./compatible.ts";
import { compileExpression } from "./expression/compile.ts";
import { conditionsOf, contradictionOf, hintsOf } from "./expression/hints.ts";
import { parseExpression } from "./expression/parser.ts";
import { AnyOf, type Predicate, allOf } from "./expression/predicate.ts";
import { UnreachableError } from "./expression/syntax.ts";
import type { Facts } from "./facts.ts";
import { Matcher, needsHostCheck, some } from "./matcher.ts";
import { rankExpression } from "./rank.ts";
import type { RouterEndpoint, RouterEntry, RouterRoute } from "./route.ts";

export { ExpressionError } from "./expression/syntax.ts";

/** gRPC comes over HTTP: the scheme tells TLS only. */
const schemes: Readonly<Record<string, string>> = { grpc: "http", grpcs: "https" };

const schemeIs = (wanted: string): Predicate => ({ holds: ({ request }) => request.scheme === wanted });
const plain = schemeIs("http");
const secure = schemeIs("https");

/**
 * Whether the scheme of a request fits. A route of https alone matches plain requests, too: they get its redirect.
 */
function schemeTest({ protocols }: RouterRoute): Predicate | undefined {
  if (protocols.length === 1 && protocols[0] === "https") return undefined;
  const allowed = protocols.map((protocol) => schemes[protocol] ?? protocol);
  if (!allowed.includes("https")) return plain;
  return allowed.includes("http") ? undefined : secure;
}

function endpointTest(
  endpoints: readonly RouterEndpoint[] | null | undefined,
  addressOf: (facts: Facts) => string,
  portOf: (facts: Facts) => number,
): Predicate | undefined {
  const tests = some(endpoints, ({ ip, port }) => {
    const network = ip ? parseNetwork(ip) : undefined;
    if (ip && !network) throw new SyntaxError(`"${ip}" is no address`);
    return {
      holds(facts: Facts): boolean {
        if (typeof port === "number" && port !== portOf(facts)) return false;
        if (!network) return true;
        const address = parseAddress(addressOf(facts));
        return address !== undefined && contains(network, address);
      },
    };
  });
  return tests && new AnyOf(tests);
}

/** @throws UnreachableError */
function compileWritten<R>(entry: RouterEntry<R>, source: string): Matcher<R> {
  const { route } = entry;
  const conditions = conditionsOf(parseExpression(source));
  const predicates = conditions.map((condition) => compileExpression(source, condition));
  const contradiction = contradictionOf(conditions);
  if (contradiction !== undefined) throw new UnreachableError(contradiction);
  const { hosts, methods, prefixes, headers, shown, finds } = hintsOf(conditions);
  const hidden = allOf(predicates.filter((_, index) => !shown.has(conditions[index]!)));
  return new Matcher(entry, rankExpression(route.id, route.priority ?? 0), {
    methods,
    hosts,
    checksHost: needsHostCheck(hosts, prefixes?.length ?? 1),
    headers,
    prefixes,
    predicate: allOf([hidden, schemeTest(route)]),
    finder: finds ? hidden : undefined,
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
  const predicate = allOf([
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
