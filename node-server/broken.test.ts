import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { startDaemon } from "../test/support/daemon.ts";

const moduleOf = (create: string): string => `
export const plugin = {
  name: "mine", priority: 5, config: { type: "record", rules: { required: true }, verdicts: [], record: { fields: new Map(), checks: [], shorthands: new Map() } },
  create() { ${create} },
};`;

const setUp = async () => {
  const daemon = await startDaemon({ conf: { database: "sqlite", plugins: "bundled, mine" } });
  const file = path.join(daemon.prefix, "plugins/mine.mjs");
  mkdirSync(path.dirname(file), { recursive: true });
  const admin = async (method: string, at: string, body?: unknown): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${daemon.adminPort}${at}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json" },
      }),
    });
    return [response.status, await response.text()];
  };
  const ask = async (at: string) => (await fetch(`http://127.0.0.1:${daemon.proxyPort}${at}`)).status;
  const reload = async (pattern: RegExp): Promise<void> => {
    daemon.child.kill("SIGHUP");
    await expect.poll(() => daemon.output(), { timeout: 20_000 }).toMatch(pattern);
  };
  return { daemon, file, admin, ask, reload };
};

test("a plugin that can't be loaded takes nothing down: at the start, at a reload, under requests", async () => {
  const { daemon, file, admin, ask, reload } = await setUp();
  try {
    expect(daemon.output()).toContain("plugin 'mine' can't be loaded: plugin 'mine' is not installed");
    for (const name of ["a", "b"]) {
      expect((await admin("POST", "/routes", { name, paths: [`/${name}`] }))[0]).toBe(201);
      await admin("POST", `/routes/${name}/plugins`, {
        name: "request-termination",
        config: { status_code: 200 },
      });
    }
    const [status, body] = await admin("POST", "/routes/a/plugins", { name: "mine" });
    expect([status, body.includes("is not installed")]).toEqual([400, true]);
    expect(await ask("/a")).toBe(200);

    writeFileSync(file, moduleOf("return { headerFilter() {} };"));
    await reload(/serves with[^]*serves with/);
    expect((await admin("POST", "/routes/a/plugins", { name: "mine" }))[0]).toBe(201);
    expect(await ask("/a")).toBe(200);

    writeFileSync(file, 'throw new Error("half written");');
    await reload(/half written/);
    expect([await ask("/a"), await ask("/b")]).toEqual([200, 200]);
  } finally {
    await daemon.stop();
  }
}, 60_000);

test("one that refuses what is stored for it answers its own requests with 500, and no others", async () => {
  const { daemon, file, admin, ask, reload } = await setUp();
  try {
    writeFileSync(file, moduleOf("return {};"));
    await reload(/serves with[^]*serves with/);
    await admin("POST", "/plugins", { name: "request-termination", config: { status_code: 200 } });
    for (const name of ["a", "b"]) await admin("POST", "/routes", { name, paths: [`/${name}`] });
    await admin("POST", "/routes/a/plugins", { name: "mine" });
    writeFileSync(file, moduleOf('throw new Error("no more");'));
    await reload(/mine can't take its configuration/);
    await expect.poll(() => ask("/a")).toBe(500);
    expect(await ask("/b")).toBe(200);
  } finally {
    await daemon.stop();
  }
}, 60_000);
