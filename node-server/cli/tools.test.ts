import { execFile, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ask } from "../../test/support/client.ts";
import { freePorts } from "../../test/support/ports.ts";

const bin = path.resolve(import.meta.dirname, "../bin.mjs");
// Below the repository: a project has its test packages in a folder above.
const folder = mkdtempSync(path.resolve(import.meta.dirname, "../../.tools-"));
const outside = mkdtempSync(path.join(tmpdir(), "sallyport-tools-"));
afterAll(() => {
  for (const place of [folder, outside]) rmSync(place, { recursive: true, force: true });
});

const environment = {
  ...process.env,
  SALLYPORT_DATABASE: "off",
  SALLYPORT_PREFIX: path.join(outside, "prefix"),
};
const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd: folder, env: environment }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
const file = (name: string, text: string): string => {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
};

const declared = (message: string): string => `_format_version: "3.0"
services:
  - name: s
    url: http://127.0.0.1:9
    routes:
      - name: long
        paths: [/a/b]
        plugins:
          - { name: key-auth }
          - { name: request-termination, config: { status_code: 200, message: ${message} } }
      - name: short
        paths: [/a]
        methods: [POST]
`;

describe("explain", () => {
  test("tells the route, why it is taken, and its plugins", async () => {
    const kong = file("explain.yml", declared("x"));
    const { code, stdout } = await run("explain", "POST", "http://h/a/b/c", "-f", kong);
    expect(code).toBe(0);
    expect(stdout).toContain("+ route long");
    expect(stdout).toContain("taken: route short, because it has more kinds of conditions");
    const { stdout: get } = await run("explain", "GET", "/a/b", "-f", kong);
    expect(get).toMatch(/taken: route long\n.*\nplugins: key-auth, request-termination\n$/);
  });

  test("knows plugins that need what a node has", async () => {
    const declaration = `_format_version: "3.0"
routes:
  - paths: [/]
    plugins:
      - { name: file-log, config: { path: ${path.join(folder, "x.log")} } }
      - { name: syslog }
      - { name: grpc-gateway, config: { proto: x.proto } }
`;
    const { stdout } = await run("explain", "GET", "/", "-f", file("native.yml", declaration));
    expect(stdout).toContain("plugins: grpc-gateway, file-log, syslog");
  });

  test("has exit code 2 when no route matches", async () => {
    const { code, stdout } = await run("explain", "GET", "/a", "-f", file("none.yml", declared("x")));
    expect([code, stdout.includes("no route matches")]).toEqual([2, true]);
  });
});

describe("exec", () => {
  test("runs TypeScript with the gateway's parts at hand", async () => {
    const code = "const n: number = (await sallyport.cache.get('n', () => 41)).value + 1; console.log(n)";
    expect(await run("exec", "-e", code)).toEqual({ code: 0, stdout: "42\n", stderr: "" });
    const script = file(
      "script.ts",
      "export default ({ conf }: { conf: { database: string } }) => console.log(conf.database, process.argv[2]);",
    );
    expect(await run("exec", script, "more")).toEqual({ code: 0, stdout: "off more\n", stderr: "" });
  });

  test("that throws fails", async () => {
    expect(await run("exec", "-e", "throw new Error('no')")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Error: no"),
    });
  });
});

test("a new plugin passes its test in Node and in workerd", async () => {
  expect((await run("plugin", "new", "greeting")).code).toBe(0);
  expect((await run("plugin", "new", "greeting")).stderr).toContain("already exists");
  expect((await run("plugin", "new", "Bad_name")).code).toBe(1);
  const { code, stdout, stderr } = await run("test", "greeting");
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(stdout).toMatch(/2 passed/);
  appendFileSync(path.join(folder, "greeting/index.test.ts"), 'test("no", () => expect(1).toBe(2));\n');
  expect((await run("test", "greeting", "--runtime", "node")).code).toBe(1);
}, 120_000);

test("dev follows the file and the plugin, and shows requests", async () => {
  await run("plugin", "new", "mark");
  const kong = file("dev.yml", declared("one"));
  const [proxy, admin] = (await freePorts(2)) as [number, number];
  const child = spawn(process.execPath, [bin, "dev", kong, "--plugin", "./mark"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      SALLYPORT_PROXY_LISTEN: `127.0.0.1:${proxy}`,
      SALLYPORT_ADMIN_LISTEN: `127.0.0.1:${admin}`,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes: Buffer) => (output += bytes.toString()));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const poll = (what: () => string | Promise<string>) => expect.poll(what, { timeout: 15_000 });
  await poll(() => output).toContain("Ctrl-C ends it");
  const marked =
    "{ name: mark, config: { value: first } }, { name: request-termination, config: { status_code: 200 } }";
  writeFileSync(kong, `_format_version: "3.0"\nroutes: [{ name: r, paths: [/], plugins: [${marked}] }]\n`);
  const field = async (): Promise<string> => {
    const { headers } = await ask(proxy, { path: "/", headers: ["Connection", "close"] });
    return headers[headers.indexOf("X-mark") + 1] ?? "";
  };
  await poll(field).toBe("first");
  const index = path.join(folder, "mark/index.ts");
  writeFileSync(index, readFileSync(index, "utf8").replace("set(header, value)", "set(header, `${value}!`)"));
  await poll(field).toBe("first!");
  expect(output).toMatch(/GET \/ {2}200 .* route=r .*mark\.headerFilter=[\d.]+ ms/);
  writeFileSync(kong, "services: [");
  await poll(() => output).toContain("failed parsing declarative configuration");
  expect(await field()).toBe("first!");
  child.kill("SIGINT");
  expect(await ended).toBe(0);
}, 60_000);

test("completion knows every command", async () => {
  const { stdout } = await run("completion", "bash");
  expect(stdout).toMatch(/"config"\) words="init parse db_import db_export diff plan/);
  expect((await run("completion", "fish")).stdout).toContain("__fish_seen_subcommand_from migrations");
  expect((await run("completion", "cmd")).code).toBe(1);
});
