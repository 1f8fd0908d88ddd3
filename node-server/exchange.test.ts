import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDaemon } from "../test/support/daemon.ts";
import { type Postgres, postgresFolder, startPostgres } from "../test/support/postgres.ts";

const bin = path.resolve(import.meta.dirname, "bin.mjs");
const folder = mkdtempSync(path.join(tmpdir(), "sallyport-exchange-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);

const run = (
  environment: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, KONG_PREFIX: at("prefix"), ...environment };
    execFile(process.execPath, [bin, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

let count = 0;
const sqlite = (): Record<string, string> => ({
  KONG_DATABASE: "sqlite",
  KONG_SQLITE_PATH: at(`${++count}.db`),
});

const file = (name: string, document: Record<string, unknown>): string => {
  writeFileSync(at(name), JSON.stringify({ _format_version: "3.0", ...document }));
  return at(name);
};

/** An export without the times of the last change: an import is one. */
const exported = (name: string): string =>
  readFileSync(at(name), "utf8").replace(/^ *updated_at: .*\n/gm, "");

const service = {
  name: "s",
  host: "h",
  routes: [{ name: "r", paths: ["/r"], plugins: [{ name: "key-auth" }] }],
};
const consumers = [
  { username: "ada", basicauth_credentials: [{ username: "ada", password: "p" }], acls: [{ group: "g" }] },
  { username: "bob", keyauth_credentials: [{ key: "k", ttl: 3_600 }] },
];
const full = {
  services: [service],
  consumers,
  upstreams: [{ name: "u", targets: [{ target: "10.0.0.1:80" }] }],
};

describe("a declarative file and a database", () => {
  test("an export imports to the same rows, and again without a write", async () => {
    const source = sqlite();
    const document = file("full.json", full);
    expect(await run(source, "config", "db_import", document)).toEqual({
      code: 0,
      stdout: "parse successful, beginning import\nimport successful: 10 written, 0 unchanged, 0 deleted\n",
      stderr: "",
    });
    expect(await run(source, "config", "db_export", at("full.yml"))).toMatchObject({ code: 0, stdout: "" });
    expect(statSync(at("full.yml")).mode & 0o777).toBe(0o600);
    expect((await run(source, "config", "db_export", at("full.yml"))).stderr).toContain("already exists");
    const target = sqlite();
    await run(target, "config", "db_import", at("full.yml"));
    expect((await run(target, "config", "db_import", at("full.yml"))).stdout).toContain(
      "0 written, 10 unchanged",
    );
    await run(target, "config", "db_export", at("copy.yml"));
    expect(exported("copy.yml")).toBe(exported("full.yml"));
  });

  test("the difference is told, with exit code 2, and so is what an import would do", async () => {
    const database = sqlite();
    await run(database, "config", "db_import", file("before.json", { services: [service], consumers }));
    const after = file("after.json", {
      services: [{ ...service, port: 81 }],
      consumers: [{ username: "eve" }],
    });
    const { code, stdout } = await run(database, "config", "diff", after);
    expect(code).toBe(2);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining(["~ services s: port", "+ consumers eve", "- consumers ada", "- consumers bob"]),
    );
    const plan = await run(database, "config", "plan", after);
    expect(plan).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 to create, 1 to update, 0 to delete\n"),
    });
    await run(database, "config", "db_import", "--delete", after);
    expect(await run(database, "config", "diff", after)).toEqual({
      code: 0,
      stdout: "0 to create, 0 to update, 0 to delete\n",
      stderr: "",
    });
  });

  test("a file that does not fit is refused whole", async () => {
    const database = sqlite();
    await run(database, "config", "db_import", file("one.json", { services: [{ name: "s", host: "h" }] }));
    const clash = file("clash.json", {
      services: [
        { name: "new", host: "h" },
        { id: "6f1b0c56-3c0a-4f0e-9a43-0e6f7b0c3a11", name: "s", host: "h" },
      ],
    });
    expect(await run(database, "config", "db_import", clash)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "Error: Failed importing:\nUNIQUE violation detected on '{name=\"s\"}'\n",
      ),
    });
    expect((await run(database, "config", "diff", at("one.json"))).code).toBe(0);
  });

  test("without a database there is nothing to import to", async () => {
    const { code, stderr } = await run({ KONG_DATABASE: "off" }, "config", "db_import", file("f.json", {}));
    expect([code, stderr]).toEqual([1, expect.stringContaining("only works with a database")]);
  });

  test.each(["sqlite", "off"])(
    "a running gateway (%s) is compared through its Admin API",
    async (database) => {
      const daemon = await startDaemon({ conf: { database, sqlite_path: at(`${++count}.db`) } });
      try {
        const admin = `http://127.0.0.1:${daemon.adminPort}`;
        const document = file("running.json", full);
        const post = async (method: string, target: string, body: unknown): Promise<number> =>
          (
            await fetch(`${admin}${target}`, {
              method,
              headers: { "Content-Type": "application/json" },
              body: JSON.stringify(body),
            })
          ).status;
        if (database === "off") {
          expect(await post("POST", "/config", { _format_version: "3.0", ...full })).toBe(201);
        } else {
          await post("POST", "/services", { name: "s", host: "h" });
          await post("POST", "/services/s/routes", { name: "r", paths: ["/r"] });
          await post("POST", "/routes/r/plugins", { name: "key-auth" });
          await post("POST", "/consumers", { username: "bob" });
          await post("POST", "/consumers/bob/key-auth", { key: "k" });
          await post("POST", "/upstreams", { name: "u" });
          await post("POST", "/upstreams/u/targets", { target: "10.0.0.1:80" });
        }
        const { stdout } = await run({}, "config", "diff", document, "--admin", admin);
        if (database === "off") expect(stdout).toBe("0 to create, 0 to update, 0 to delete\n");
        else expect(stdout).toContain("+ consumers ada\n");
        expect(stdout).toContain("0 to update, 0 to delete");
      } finally {
        await daemon.stop();
      }
    },
  );
});

describe.skipIf(postgresFolder === undefined)("with PostgreSQL installed", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  test("an export of SQLite imports into PostgreSQL unchanged, and back", async () => {
    const source = sqlite();
    await run(source, "config", "db_import", file("there.json", full));
    await run(source, "config", "db_export", at("there.yml"));
    const postgres = {
      KONG_DATABASE: "postgres",
      KONG_PG_PORT: String(server.port),
    };
    await run(postgres, "migrations", "bootstrap");
    expect((await run(postgres, "config", "db_import", at("there.yml"))).stdout).toContain("10 written");
    await run(postgres, "config", "db_export", at("between.yml"));
    const back = sqlite();
    await run(back, "config", "db_import", at("between.yml"));
    await run(back, "config", "db_export", at("back.yml"));
    expect(exported("back.yml")).toBe(exported("there.yml"));
  });
});
