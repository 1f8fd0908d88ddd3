import * as fc from "fast-check";
import { expect, it } from "vitest";
import { entry, requests } from "../../test/support/routes.ts";
import { toByteString } from "../http/utf8.ts";
import { compileExpression } from "./expression/compile.ts";
import { parseExpression } from "./expression/parser.ts";
import type { Findings } from "./expression/predicate.ts";
import { Facts } from "./facts.ts";
import { createRouter } from "./router.ts";

const runs = Number(globalThis.process?.env?.["PROPERTY_RUNS"] ?? 500);

const comparisons = fc.constantFrom(
  'http.path ^= "/"',
  'http.path ^= "/a"',
  'http.path ^= "/a/b"',
  'http.path ^= "a"',
  'http.path ^= ""',
  'http.path ^= "/é"',
  'http.path == "/a"',
  'http.path == "/a/b/c"',
  'http.path != "/a"',
  'http.path =^ "/b"',
  'http.path contains "/a"',
  'lower(http.path) ^= "/a"',
  'http.path ~ "^/(?P<x>[ab]+)"',
  'http.path ~ "^/a/(b)"',
  'http.host == "a.test"',
  'http.host == ""',
  'http.host =^ ".test"',
  'http.host =^ "test"',
  'http.host ^= "a."',
  'http.host != "a.test"',
  'lower(http.host) == "a.test"',
  'http.method == "GET"',
  'http.method == "POST"',
  'http.method != "GET"',
  'http.method == "GET,POST"',
  '(http.method == "GET" || http.method == "POST")',
  'http.headers.x_a == "1"',
  'http.headers.x_a == "two"',
  'lower(http.headers.x_a) == "two"',
  'any(http.headers.x_a) == "no"',
  'http.headers.x_b != "2"',
  'net.protocol == "http"',
  'tls.sni == "a.test"',
  "net.dst.port == 81",
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    { weight: 2, arbitrary: comparisons },
    {
      weight: 2,
      arbitrary: fc
        .array(tie("expression"), { minLength: 2, maxLength: 3 })
        .map((parts) => parts.join(" && ")),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(tie("expression"), { minLength: 2, maxLength: 3 })
        .map((parts) => `(${parts.join(" || ")})`),
    },
    { weight: 1, arbitrary: tie("expression").map((part) => `!(${part})`) },
  ),
}));

const written = fc.record({
  expression,
  priority: fc.integer({ min: 0, max: 3 }),
  strip_path: fc.boolean(),
});

it("an expression that the index shows in part is the one that was written: winner, prefix and captures", () => {
  fc.assert(
    fc.property(
      fc.array(written, { maxLength: 6 }),
      fc.array(requests, { minLength: 1, maxLength: 6 }),
      (routes, list) => {
        const table = routes.map((route, index) => entry({ protocols: ["http", "https"], ...route }, index));
        const router = createRouter(table, { flavor: "expressions" });
        const facts = new Facts();
        for (const request of list) {
          const winners = table.flatMap((candidate) => {
            const { route } = candidate;
            facts.start(request, 100);
            facts.readHost();
            const findings: Findings = { matchedPath: undefined, unnamed: [], named: {} };
            const source = route.expression!;
            return compileExpression(source, parseExpression(source)).holds(facts, findings)
              ? [{ route, findings }]
              : [];
          });
          const [wanted] = winners.sort(
            (a, b) => b.route.priority! - a.route.priority! || (a.route.id < b.route.id ? 1 : -1),
          );
          const match = router.match(request);
          expect(match?.value).toBe(wanted?.route.id);
          if (wanted === undefined) continue;
          const { matchedPath, unnamed } = wanted.findings;
          expect(match?.prefix).toBe(
            wanted.route.strip_path && matchedPath !== undefined ? toByteString(matchedPath) : undefined,
          );
          expect(match?.captures?.unnamed ?? []).toEqual(
            Array.from(unnamed, (group) => group && toByteString(group)),
          );
        }
      },
    ),
    { numRuns: runs },
  );
});
