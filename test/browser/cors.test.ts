import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { programOf } from "../support/program.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";

const program = programOf("chromium") ?? programOf("chromium-browser") ?? programOf("google-chrome");

/** What a script of the page learns. */
interface Outcome {
  readonly status?: number;
  readonly exposed?: string | null;
  readonly failed?: boolean;
}

/** By path: what the plugin is told. `ORIGIN` is that of the page. */
const routes: Readonly<Record<string, Record<string, unknown>>> = {
  any: {},
  listed: { origins: ["ORIGIN"] },
  other: { origins: ["http://other.test"] },
  pattern: { origins: ["http://127\\.0\\.0\\.1:\\d+"] },
  credentials: { origins: ["ORIGIN"], credentials: true },
  "any-credentials": { credentials: true },
  exposed: { exposed_headers: ["X-Secret"] },
  "one-header": { headers: ["X-Allowed"] },
  "get-only": { methods: ["GET"] },
  kept: { max_age: 600, methods: ["PUT"] },
  later: { preflight_continue: true },
};

describe.skipIf(program === undefined)("Chromium", () => {
  let browser: Browser;
  let page: Page;
  let site: Server;
  let upstream: Upstream;
  let daemon: Daemon;

  beforeAll(async () => {
    site = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<p>a page"));
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    upstream = await startUpstream();
    const withOrigin = (config: Record<string, unknown>): unknown =>
      JSON.parse(JSON.stringify(config).replace("ORIGIN", origin));
    const answer = {
      name: "response-transformer",
      config: { add: { headers: ["X-Secret:1", "Set-Cookie:c=1"] } },
    };
    daemon = await startDaemon({
      document: {
        services: [
          {
            url: `http://127.0.0.1:${upstream.port}`,
            plugins: [answer],
            routes: [
              { name: "none", paths: ["/none"] },
              ...Object.entries(routes).map(([name, config]) => ({
                name,
                paths: [`/${name}`],
                plugins: [{ name: "cors", config: withOrigin(config) }],
              })),
            ],
          },
        ],
      },
    });
    browser = await chromium.launch({ executablePath: program!, args: ["--no-sandbox"] });
    page = await browser.newPage();
    await page.goto(origin);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    site?.close();
    await daemon?.stop();
    await upstream?.close();
  });

  /** What a script of the page gets. */
  const ask = (place: string, init: Record<string, unknown> = {}): Promise<Outcome> =>
    page.evaluate(
      async ([url, options]) => {
        try {
          const response = await fetch(url, options);
          return { status: response.status, exposed: response.headers.get("x-secret") };
        } catch {
          return { failed: true };
        }
      },
      [`http://127.0.0.1:${daemon.proxyPort}/${place}`, init] as const,
    );
  const passes = { status: 200, exposed: null };
  const fails = { failed: true };
  const json = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" };
  const included = { credentials: "include" };

  test.each([
    ["nothing without the plugin", "none", {}, fails],
    ["any origin by default", "any", {}, passes],
    ["the origin that is listed", "listed", {}, passes],
    ["no other origin", "other", {}, fails],
    ["an origin that a pattern fits", "pattern", {}, passes],
    ["a preflight for a type of body", "any", json, passes],
    ["no preflight of another origin", "other", json, fails],
    ["every header that is asked for", "any", { headers: { "X-Odd": "1" } }, passes],
    ["the header that is allowed", "one-header", { headers: { "X-Allowed": "1" } }, passes],
    ["no header beside it", "one-header", { headers: { "X-Odd": "1" } }, fails],
    ["no method that is not allowed", "get-only", { method: "DELETE" }, fails],
    ["credentials for the origin that is listed", "credentials", included, passes],
    ["credentials after a preflight", "credentials", { ...json, ...included }, passes],
    ["credentials where any origin may come, by its own name", "any-credentials", included, passes],
    ["no credentials together with the asterisk", "any", included, fails],
    ["a preflight that is left to an upstream that knows nothing of it", "later", json, fails],
    ["a header that is exposed", "exposed", {}, { status: 200, exposed: "1" }],
  ])("lets a page read %s", async (_, place, init, outcome) => {
    expect(await ask(place, init)).toEqual(outcome);
  });

  test("asks once while a preflight may be kept", async () => {
    for (let i = 0; i < 3; i++) expect(await ask("kept", { method: "PUT", body: "x" })).toEqual(passes);
    const logged = (method: string): number =>
      readFileSync(path.join(daemon.prefix, "logs/access.log"), "utf8").split(`"${method} /kept `).length - 1;
    await expect.poll(() => logged("PUT")).toBe(3);
    expect(logged("OPTIONS")).toBe(1);
  });
});
