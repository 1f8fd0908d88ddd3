import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRegex, naive, normal, toBytes } from "../../test/support/naive.ts";
import { entry, id, requests, routes, tables } from "../../test/support/routes.ts";
import { escapePath, normalizePath } from "../http/path.ts";
import { createRouter } from "./router.ts";
import type { RouterEntry, RouterFlavor } from "./route.ts";

/** Runs of each property; PROPERTY_RUNS=100000 for a long night. */
const runs = Number(globalThis.process?.env?.["PROPERTY_RUNS"] ?? 500);

describe.each(["traditional_compatible", "traditional"] as const)("the index of %s", (flavor) => {
  it("finds what a look at every route finds", () => {
    fc.assert(
      fc.property(tables, fc.array(requests, { minLength: 1, maxLength: 8 }), (table, list) => {
        const router = createRouter(table, { flavor });
        for (const request of list) {
          const wanted = naive[flavor](table, request);
          const match = router.match(request);
          expect(match?.value).toBe(wanted?.entry.value);
          expect(router.explain(request).winner?.value).toBe(match?.value);
          const prefix = wanted?.paths.find(
            (path) => !isRegex(path) && normal(request.target).startsWith(path),
          );
          if (wanted?.entry.route.strip_path && prefix !== undefined)
            expect(match?.prefix).toBe(toBytes(prefix));
        }
      }),
      { numRuns: runs },
    );
  });
});

describe("the path of a match", () => {
  const pieces = [
    "/",
    "/",
    ".",
    "%2e",
    "%2F",
    "%2f",
    "%41",
    "%",
    "%4",
    "a",
    "é",
    " ",
    "?",
    "\\",
    "\xff",
    "%ff",
    "你",
  ];
  const characters = fc.constantFrom(...pieces);
  const targets = fc.array(characters, { maxLength: 14 }).map((parts) => `/${parts.join("")}`);

  it("is the target's, normalised, and goes out escaped", () => {
    const router = createRouter([entry({ protocols: ["http"], methods: ["GET"] }, 0)], {
      flavor: "traditional_compatible",
    });
    const anyRequest = fc.sample(requests, 1)[0]!;
    fc.assert(
      fc.property(targets, (target) => {
        const match = router.match({ ...anyRequest, method: "GET", target });
        const query = target.indexOf("?", 1);
        const path = normalizePath(query < 0 ? target : target.slice(0, query));
        expect(match?.path).toBe(path);
        expect(match?.upstreamPath).toBe(escapePath(path));
        expect(match?.upstreamPath).toMatch(/^[!-~]+$/);
      }),
      { numRuns: runs },
    );
  });
});

describe("changes", () => {
  const edits = fc.array(
    fc.record({
      set: fc.array(fc.tuple(routes, fc.nat(9)), { maxLength: 3 }),
      remove: fc.array(fc.nat(9), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it.each<RouterFlavor>(["traditional_compatible", "traditional", "expressions"])(
    "one by one make the same %s router as all at once, and leave older ones as they were",
    (flavor) => {
      fc.assert(
        fc.property(edits, fc.array(requests, { minLength: 1, maxLength: 5 }), (steps, list) => {
          const table = new Map<string, RouterEntry<string>>();
          let router = createRouter<string>([], { flavor });
          const versions: { router: typeof router; answers: (string | undefined)[] }[] = [];
          for (const [step, { set, remove }] of steps.entries()) {
            const entries = set.map(([route, index]) => ({
              ...entry(route, index),
              value: `${id(index)} ${step}`,
            }));
            for (const index of remove) table.delete(id(index));
            for (const changed of entries) table.set(changed.route.id, changed);
            router = router.update({ set: entries, remove: remove.map(id) });
            const scratch = createRouter(table.values(), { flavor });
            const answers = list.map((request) => scratch.match(request)?.value);
            expect(router.size).toBe(table.size);
            versions.push({ router, answers });
          }
          for (const { router, answers } of versions)
            expect(list.map((request) => router.match(request)?.value)).toEqual(answers);
          const emptied = router.update({ remove: [...table.keys()] });
          expect(emptied.size).toBe(0);
          expect(list.map((request) => emptied.match(request))).toEqual(list.map(() => undefined));
        }),
        { numRuns: Math.ceil(runs / 3) },
      );
    },
  );
});
