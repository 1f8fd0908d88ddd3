import { readFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ask, valuesOf } from "../support/client.ts";
import type { Upstream } from "../support/upstream.ts";
import type { Case } from "./case.ts";
import { cases } from "./cases.ts";

const matches = (actual: string | undefined, expected: string | RegExp): void => {
  if (typeof expected === "string") expect(actual).toBe(expected);
  else expect(actual).toMatch(expected);
};

const checkUpstream = (upstream: Upstream, name: string, expected: Case["upstream"]): void => {
  const got = upstream.received.get(name)?.at(-1);
  if (expected === undefined) return;
  if (expected === null) {
    expect(got).toBeUndefined();
    return;
  }
  expect(got).toBeDefined();
  if (expected.method !== undefined) expect(got!.method).toBe(expected.method);
  if (expected.url !== undefined) expect(got!.url).toBe(expected.url);
  if (expected.body !== undefined) expect(got!.body === expected.body).toBe(true);
  for (const [field, value] of Object.entries(expected.headers ?? {})) {
    const [actual] = valuesOf(got!.headers, field);
    if (value === null) expect(actual, field).toBeUndefined();
    else matches(actual, value);
  }
};

const unnoticed = "the local runtime does so only once the response began";

/** The behaviour of the gateway, whichever root serves it. */
export const describeBehaviour = (
  root: "node" | "edge",
  world: () => { port: number; upstream: Upstream },
): void => {
  const compatibility = readFileSync(path.resolve(import.meta.dirname, "../../COMPATIBILITY.md"), "utf8");
  describe.each(cases)("$name", (item) => {
    const told = root === "edge" ? item.notAtEdge : item.notAtOrigin;
    if (told !== undefined) {
      test("is otherwise here, as COMPATIBILITY.md says", () => {
        expect(compatibility).toContain(told);
      });
      return;
    }
    test("over a real socket", async () => {
      const { port, upstream } = world();
      const { asks } = item;
      const response = await ask(port, { ...asks, headers: [...(asks.headers ?? []), "X-Case", item.name] });
      expect(response.status).toBe(item.status);
      for (const [field, expected] of Object.entries(item.headers ?? {})) {
        const values = valuesOf(response.headers, field);
        if (expected === null) expect(values, field).toEqual([]);
        else if (typeof expected === "string" || expected instanceof RegExp) matches(values[0], expected);
        else expect(values).toEqual(expected);
      }
      if (item.body !== undefined) {
        if (typeof item.body === "string" && item.body.length > 1000)
          expect(response.body === item.body).toBe(true);
        else matches(response.body, item.body);
      }
      checkUpstream(upstream, item.name, item.upstream);
      if (item.tries !== undefined) expect(item.tries).toContain(upstream.received.get(item.name)?.length);
    });
  });

  test("an upstream that was given up is let go", async () => {
    const { port, upstream } = world();
    const name = "an upstream out of time";
    expect((await ask(port, { path: "/slow/silent", headers: ["X-Case", name] })).status).toBe(504);
    await vi.waitFor(() => expect(upstream.aborted).toContain(name), { timeout: 10_000 });
  });

  test("an upstream whose client left is let go", async () => {
    if (root === "edge") {
      // The local runtime tells no Worker that a client left while it waits for a response.
      expect(compatibility).toContain(unnoticed);
      return;
    }
    const { port, upstream } = world();
    const name = "an upstream without a client";
    const client = connect(port, "127.0.0.1");
    client.write(`GET /open/silent HTTP/1.1\r\nHost: a.test\r\nX-Case: ${name}\r\n\r\n`);
    await vi.waitFor(() => expect(upstream.received.has(name)).toBe(true), { timeout: 10_000 });
    client.destroy();
    await vi.waitFor(() => expect(upstream.aborted).toContain(name), { timeout: 10_000 });
  });

  test("session brings back who signed in, until the logout", async () => {
    const { port, upstream } = world();
    const name = "a whole session";
    const go = async (headers: string[], path = "/session", method = "GET") => {
      const response = await ask(port, { method, path, headers: [...headers, "X-Case", name] });
      const [user] = valuesOf(upstream.received.get(name)?.at(-1)?.headers ?? [], "x-consumer-username");
      return { user, status: response.status, cookie: valuesOf(response.headers, "set-cookie")[0] ?? "" };
    };
    const { cookie } = await go(["apikey", "ada-key"]);
    const held = ["Cookie", cookie.split(";", 1)[0]!];
    expect((await go([])).user).toBe("guest");
    expect((await go(held)).user).toBe("ada");
    const out = await go(held, "/session?session_logout", "POST");
    expect([out.status, out.cookie]).toEqual([200, expect.stringMatching(/^session=;.*Max-Age=0$/)]);
  });
};
