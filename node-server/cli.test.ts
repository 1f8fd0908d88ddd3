import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts } from "../test/support/ports.ts";

const bin = path.resolve(import.meta.dirname, "bin.mjs");
const folder = mkdtempSync(path.join(tmpdir(), "sallyport-cli-"));
const file = (name: string, text: string): string => {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
};

const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

/** What an operator reads who made a mistake. */
const failure = (message: string): string =>
  `Error: ${message}\n\n  Run with --v (verbose) or --vv (debug) for more details\n`;

let conf = "";
const prefix = path.join(folder, "prefix");

beforeAll(async () => {
  const [proxy, admin] = (await freePorts(2)) as [number, number];
  const lines = [
    `prefix = ${prefix}`,
    "database = off",
    `proxy_listen = 127.0.0.1:${proxy}`,
    `admin_listen = 127.0.0.1:${admin}`,
    "nginx_worker_processes = 1",
  ];
  conf = file("sallyport.conf", lines.join("\n"));
});
afterAll(async () => {
  await run("stop", "-c", conf);
  rmSync(folder, { recursive: true, force: true });
});

test("a gateway goes through its life in the background", async () => {
  expect(await run("start", "-c", conf)).toEqual({ code: 0, stdout: "Sallyport started\n", stderr: "" });
  expect(await run("health", "-p", prefix)).toMatchObject({
    code: 0,
    stdout: `sallyport...running\n\nSallyport is healthy at ${prefix}\n`,
  });
  expect(await run("start", "-c", conf)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("already running"),
  });
  expect(await run("restart", "-c", conf)).toMatchObject({
    code: 0,
    stdout: "Sallyport stopped\nSallyport started\n",
  });
  expect(await run("quit", "-p", prefix)).toMatchObject({
    code: 0,
    stdout: "Sallyport stopped (gracefully)\n",
  });
  expect(await run("health", "-p", prefix)).toMatchObject({
    code: 1,
    stdout: "sallyport...not running\n\n",
    stderr: failure(`Sallyport is not running at ${prefix}`),
  });
  expect(await run("stop", "-p", prefix)).toMatchObject({
    code: 1,
    stderr: failure(`Sallyport is not running in prefix: ${prefix}`),
  });
  expect(readFileSync(path.join(prefix, "logs/error.log"), "utf8")).toContain("serves with 1 worker");
}, 40_000);

test("a database is brought up and reset", async () => {
  const sqlite = file("sqlite.conf", `prefix = ${path.join(folder, "sqlite")}\ndatabase = sqlite\n`);
  const migrations = (...args: string[]) => run("migrations", ...args, "-c", sqlite);
  expect((await migrations("list")).code).toBe(3);
  expect(await migrations("up")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("needs bootstrapping"),
  });
  expect((await migrations("bootstrap")).stdout).toMatch(/migrations processed\nDatabase is up-to-date\n$/);
  expect((await migrations("bootstrap")).stdout).toBe("Database already bootstrapped\n");
  expect((await migrations("up")).stdout).toBe("Database is already up-to-date\n");
  expect((await migrations("finish")).stdout).toBe("No pending migrations to finish\n");
  expect((await migrations("list")).code).toBe(0);
  expect(JSON.parse((await migrations("status")).stdout)).toMatchObject({
    needs_bootstrap: false,
    new_migrations: [],
  });
  expect(await migrations("reset")).toMatchObject({ code: 1, stderr: expect.stringContaining("--yes") });
  expect((await migrations("reset", "--yes")).stdout).toBe("Database successfully reset\n");
  expect((await migrations("list")).code).toBe(3);
}, 60_000);

describe("commands say what they can't do", () => {
  test("migrations, while another node changes the database, after --lock-timeout", async () => {
    const database = path.join(folder, "locked.db");
    const given = file(
      "locked.conf",
      `prefix = ${folder}/locked\ndatabase = sqlite\nsqlite_path = ${database}\n`,
    );
    expect(await run("migrations", "bootstrap", "-c", given)).toMatchObject({ code: 0 });
    const other = new DatabaseSync(database);
    other.exec("BEGIN IMMEDIATE");
    expect(await run("migrations", "reset", "--yes", "--lock-timeout", "0.1", "-c", given)).toMatchObject({
      code: 1,
      stderr: failure("aborted: another node is performing database changes"),
    });
    other.exec("ROLLBACK");
    other.close();
    expect(await run("migrations", "reset", "--yes", "--lock-timeout", "x", "-c", given)).toMatchObject({
      code: 1,
      stderr: failure("--lock-timeout is not a number of seconds: 'x'"),
    });
  });

  test("without a prefix", async () => {
    for (const command of ["stop", "quit", "health"]) {
      expect(await run(command, "-p", "/no/such")).toMatchObject({
        code: 1,
        stderr: failure("no such prefix: /no/such"),
      });
    }
  });

  test("check tells every problem", async () => {
    expect(await run("check", conf)).toMatchObject({
      code: 0,
      stdout: `configuration at ${conf} is valid\n`,
    });
    const bad = await run("check", file("bad.conf", "log_level = zz\ndatabase = x\ntrusted_ips = nope\n"));
    expect([bad.code, bad.stderr.match(/^Error: /gm)?.length]).toEqual([1, 3]);
    expect((await run("check", "/no/such.conf")).stderr).toBe(failure("no file at: /no/such.conf"));
  });

  test("config parse tells every problem, as Kong does", async () => {
    expect(await run("config", "parse", file("ok.yml", '_format_version: "3.0"\n'))).toMatchObject({
      code: 0,
      stdout: "parse successful\n",
    });
    const bad = await run(
      "config",
      "parse",
      file("bad.yml", '_format_version: "3.0"\nservices:\n- name: a\n'),
    );
    expect(bad).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "in 'services':\n  - in entry 1 of 'services':\n    in 'host': required field missing",
      ),
    });
    expect((await run("config", "parse", "/no/such.yml")).stderr).toContain("No such file or directory");
  });

  test("config init never overwrites", async () => {
    expect(await run("config", "init", "new.yml")).toMatchObject({ code: 0 });
    expect(await run("config", "parse", "new.yml")).toMatchObject({ code: 0 });
    expect(await run("config", "init", "new.yml")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("already exists."),
    });
  });

  test("an unknown command is an error", async () => {
    expect((await run("fly")).code).toBe(1);
  });
});
