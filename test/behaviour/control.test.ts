import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { pems } from "../support/pems.ts";
import { adminToken, type EdgePair, startEdgePair } from "../support/edge.ts";

const bin = path.resolve(import.meta.dirname, "../../node-server/bin.mjs");
const folder = mkdtempSync(path.join(tmpdir(), "sallyport-control-"));
let pair: EdgePair;
let origin: Daemon;

beforeAll(async () => {
  [pair, origin] = await Promise.all([
    startEdgePair({ DB_UPDATE_FREQUENCY: "0", ADMIN_PATH: "/admin-api" }),
    startDaemon({ conf: { database: "sqlite" } }),
  ]);
}, 60_000);
afterAll(async () => {
  await pair?.close();
  await origin?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const call = async (
  base: string,
  method: string,
  where: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(base + where, {
    method,
    headers: { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
};
const edgeUrl = (): string => `http://127.0.0.1:${pair.adminPort}`;
const admin = (method: string, where: string, body?: unknown) => call(edgeUrl(), method, where, body);
const atOrigin = (method: string, where: string, body?: unknown) =>
  call(`http://127.0.0.1:${origin.adminPort}`, method, where, body);
const answering = (message: string) => ({
  name: "request-termination",
  config: { status_code: 200, message },
});
const served = (where: string): Promise<string[]> =>
  Promise.all(
    pair.ports.map(async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}${where}`);
      return ((await response.json()) as { message: string }).message;
    }),
  );
const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

describe("the control plane of the edge", () => {
  test("what its Admin API is told every Worker serves", async () => {
    expect((await admin("PUT", "/routes/a", { paths: ["/a"] })).status).toBe(200);
    expect((await admin("POST", "/routes/a/plugins", answering("written"))).status).toBe(201);
    await expect.poll(() => served("/a"), { timeout: 10_000 }).toEqual(["written", "written"]);
    expect((await admin("DELETE", "/routes/a")).status).toBe(204);
    await expect
      .poll(() => served("/a"), { timeout: 10_000 })
      .toEqual(Array.from({ length: 2 }, () => "no Route matched with those values"));
  });

  test("is closed to who shows no token", async () => {
    for (const url of [edgeUrl(), `http://127.0.0.1:${pair.ports[0]}/admin-api`])
      for (const headers of [{}, { Authorization: "Bearer wrong" }])
        expect((await fetch(`${url}/services`, { headers })).status).toBe(401);
  });

  test("is reached through the data plane where that is wanted, and has a Status API", async () => {
    const through = `http://127.0.0.1:${pair.ports[1]}/admin-api`;
    expect(await call(through, "GET", "/status-api/status/ready")).toEqual({
      status: 200,
      body: { message: "ready" },
    });
    expect((await call(through, "GET", "/")).body).toMatchObject({ hostname: "edge" });
  });

  test("takes a whole document as one version, or refuses it as a whole", async () => {
    const plugins = [answering("whole")];
    const document = { _format_version: "3.0", routes: [{ name: "w", paths: ["/w"], plugins }] };
    expect(await admin("PUT", "/declarative", document)).toEqual({
      status: 200,
      body: { written: 2, unchanged: 0, deleted: 0 },
    });
    await expect.poll(() => served("/w"), { timeout: 10_000 }).toEqual(["whole", "whole"]);
    const wrong = { ...document, routes: [{ name: "w", paths: ["no slash"] }] };
    expect((await admin("PUT", "/declarative", wrong)).status).toBe(400);
    expect(await served("/w")).toEqual(["whole", "whole"]);
  });

  test("sync shows what it is going to do, does it, and has nothing to do then", async () => {
    await atOrigin("PUT", "/routes/synced", { paths: ["/synced"] });
    await atOrigin("POST", "/routes/synced/plugins", answering("from the origin"));
    const tokens = ["--to-token", adminToken];
    const args = ["sync", "--from", `http://127.0.0.1:${origin.adminPort}`, "--to", edgeUrl(), ...tokens];
    const asked = await run(...args);
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining("Error: say --yes to do it\n") });
    expect(asked.stdout).toContain("+ routes synced\n");
    expect(asked.stdout).toContain("- routes w\n");
    const done = await run(...args, "--yes");
    expect(done).toMatchObject({ code: 0, stderr: "" });
    expect(done.stdout).toMatch(/2 written, 0 unchanged, [12] deleted\n$/);
    await expect
      .poll(() => served("/synced"), { timeout: 10_000 })
      .toEqual(["from the origin", "from the origin"]);
    expect((await run(...args)).stdout).toBe("nothing to do\n");
  }, 60_000);

  test("sync --watch brings each change over until it is told to stop", async () => {
    await atOrigin("PUT", "/routes/watched", { paths: ["/watched"] });
    await atOrigin("POST", "/routes/watched/plugins", answering("at first"));
    const tokens = ["--to-token", adminToken, "--yes", "--watch", "--interval", "0.1"];
    const args = ["sync", "--from", `http://127.0.0.1:${origin.adminPort}`, "--to", edgeUrl(), ...tokens];
    const watch = spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: "ignore" });
    const ended = new Promise((resolve) => watch.on("exit", resolve));
    try {
      const both = (text: string) =>
        expect.poll(() => served("/watched"), { timeout: 20_000 }).toEqual([text, text]);
      await both("at first");
      const { body } = await atOrigin("GET", "/routes/watched/plugins");
      const [{ id }] = body["data"] as [{ id: string }];
      await atOrigin("PATCH", `/plugins/${id}`, { config: { message: "changed" } });
      await both("changed");
    } finally {
      watch.kill("SIGTERM");
    }
    expect(await ended).toBe(0);
  }, 60_000);
});

describe("what the edge can't do", () => {
  let [rootId, certificateId] = ["", ""];
  beforeAll(async () => {
    const { authority: cert, key } = pems;
    rootId = String((await admin("POST", "/ca_certificates", { cert })).body["id"]);
    certificateId = String((await admin("POST", "/certificates", { cert, key })).body["id"]);
  });

  test.each([
    ["https", { tls_verify: false }, "tls_verify false"],
    ["https", { tls_verify: true, tls_verify_depth: 1 }, "tls_verify false, tls_verify_depth"],
    ["https", { tls_verify: true, ca_certificates: ["the root"] }, "ca_certificates"],
    ["https", { client_certificate: { id: "the certificate" } }, "client_certificate: Workers show"],
    ["grpc", {}, "protocol grpc: fetch speaks HTTP/1.1"],
  ])("is accepted, told, and answered with 502: %s with %j", async (protocol, terms, what) => {
    const filled = JSON.parse(
      JSON.stringify(terms).replace("the root", rootId).replace("the certificate", certificateId),
    ) as object;
    const protocols = protocol === "grpc" ? ["grpc"] : ["http"];
    const written = await fetch(`${edgeUrl()}/services/limited`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" },
      body: JSON.stringify({ host: "up.test", protocol, ...filled }),
    });
    expect([written.status, written.headers.get("warning")]).toEqual([
      200,
      expect.stringMatching(/^299 sallyport "refused at the edge: service limited: /),
    ]);
    expect(written.headers.get("warning")).toContain(what);
    await admin("PUT", "/services/limited/routes/limited", { paths: ["/limited"], protocols });
    const { body } = await admin("GET", "/problems");
    expect(body["data"]).toContainEqual(
      expect.objectContaining({
        kind: "refused",
        where: "service limited",
        what: expect.stringContaining(what),
      }),
    );
    // gRPC comes by HTTP/2 alone: whoever comes by another way is told that first.
    if (protocol !== "grpc")
      await expect
        .poll(() => served("/limited"), { timeout: 10_000 })
        .toEqual(Array.from({ length: 2 }, () => "The gateway can't reach this service as it is configured"));
    await admin("PUT", "/services/limited", { host: "up.test" });
    expect((await admin("GET", "/problems")).body["data"]).not.toContainEqual(
      expect.objectContaining({ where: "service limited" }),
    );
    await admin("DELETE", "/routes/limited");
  });
});

describe("sallyport deploy", () => {
  const write = (document: Record<string, unknown>): string => {
    const file = path.join(folder, "kong.json");
    writeFileSync(file, JSON.stringify({ _format_version: "3.0", ...document }));
    return file;
  };

  test("tells by name what the edge can't do", async () => {
    const plugins = [{ name: "file-log", config: { path: "/tmp/x" } }];
    const file = write({
      services: [
        {
          name: "s",
          host: "10.1.2.3",
          routes: [{ name: "tea", paths: ["/"], preserve_host: true, plugins }],
        },
        { name: "g", url: "grpc://up.test", routes: [{ name: "rpc", protocols: ["grpc"], paths: ["/g"] }] },
      ],
    });
    const { code, stdout, stderr } = await run("deploy", file, "--dry-run");
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain("preserve_host");
    for (const text of ["service s: host 10.1.2.3", "route rpc: protocols grpc", "service g: protocol grpc"])
      expect(stderr).toContain(`Error: ${text}`);
    expect(stderr).toContain("Error: plugin file-log on route tea: ");
  });

  test("bundles both Workers within the budget, and a Worker with its configuration inside", async () => {
    const file = write({ services: [{ name: "s", url: "https://up.test", routes: [{ paths: ["/"] }] }] });
    const { code, stdout } = await run("deploy", file, "--dry-run");
    expect(code).toBe(0);
    const sizes = [...stdout.matchAll(/(\S+): .*gzip: ([\d.]+) KiB/g)].map(([, name, size]) => [name, size]);
    expect(sizes.map(([name]) => name)).toEqual(["wrangler.control.toml", "wrangler.toml"]);
    // Requests start the data plane cold; the control plane carries YAML and the schemas of every plugin.
    const budgets: Record<string, number> = { "wrangler.toml": 150, "wrangler.control.toml": 150 };
    for (const [name, size] of sizes) expect(Number(size)).toBeLessThan(budgets[name!]!);
    expect((await run("build", "--edge", file, "--out", "bundled")).code).toBe(0);
    expect(await run("deploy", "--dry-run", "--project", "bundled")).toMatchObject({ code: 0, stderr: "" });
  }, 60_000);
});
