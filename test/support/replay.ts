import { describe, expect, test } from "vitest";
import corpus from "../corpora/admin.json" with { type: "json" };
import { Comparison, requestOf, type Saved, type Scenario } from "./transcript.ts";

/** Requests that never reach the core: no runtime's Request can be of such a method. */
const isSendable = ({ method }: { method: string }): boolean => !["TRACE", "CONNECT"].includes(method);

/** An Admin API on an empty database. */
export interface ReplayedAdmin {
  fetch(request: Request): Promise<Response>;
  /** Called before each request: rows are listed by the time of their creation. */
  pass?(): void;
}

/** What a running Kong answered, asked of an Admin API. */
export const describeAdminCorpus = (
  name: string,
  open: () => ReplayedAdmin | Promise<ReplayedAdmin>,
): void => {
  describe(`the Admin API ${name} answers as a running Kong did`, () => {
    test.each(corpus as unknown as Scenario[])("$name", async ({ steps }) => {
      const admin = await open();
      const saved: Saved = {};
      for (const [i, step] of steps.entries()) {
        if (!isSendable(step.request)) continue;
        admin.pass?.();
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
};
