import { describe, expect, test } from "vitest";
import corpus from "../../test/corpora/admin.json" with { type: "json" };
import { adminInMemory } from "../../test/support/admin.ts";
import { Comparison, requestOf, type Saved, type Scenario } from "../../test/support/transcript.ts";

const scenarios = corpus as unknown as Scenario[];

/** Requests that never reach the core: no runtime's Request can be of such a method. */
const isSendable = ({ method }: { method: string }): boolean => !["TRACE", "CONNECT"].includes(method);

describe("the Admin API answers as a running Kong did", () => {
  test.each(scenarios)("$name", async ({ steps }) => {
    const admin = adminInMemory();
    const saved: Saved = {};
    for (const [i, step] of steps.entries()) {
      if (!isSendable(step.request)) continue;
      // Rows are listed by the time of their creation.
      admin.clock.advance(1);
      const response = await admin.fetch(requestOf(step, saved));
      const text = await response.text();
      const isJson = /json/.test(response.headers.get("Content-Type") ?? "") && text !== "";
      const comparison = new Comparison(saved, step.expect.extra_ok);
      comparison.compare(step.expect.status, response.status, "status");
      for (const [name, value] of Object.entries(step.expect.headers ?? {}))
        comparison.compare(value, response.headers.get(name), name);
      if ("body" in step.expect)
        comparison.compare(step.expect.body, isJson ? (JSON.parse(text) as unknown) : text);
      const { method, path } = step.request;
      expect([i + 1, method, path, comparison.differences]).toEqual([i + 1, method, path, []]);
    }
  });
});
