import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import all from "../../test/corpora/cli.json" with { type: "json" };
import { freePorts } from "../../test/support/ports.ts";

/** A command line, and what Kong 3.9.1 did. */
interface Case {
  readonly id: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly expect: {
    readonly exit: number;
    readonly stdout: string | string[];
    readonly stderr: string | string[];
  };
}
const cases = all as readonly Case[];

/** Where Sallyport does otherwise; COMPATIBILITY.md says why. */
const different: Readonly<Record<string, string>> = {
  roar: "there is no roar",
  "help-roar": "there is no roar",
  "mig-off-list": "without a database there are no migrations to list",
};
/** Asked for help, a command prints it on standard output, with exit code 0. */
const isHelp = ({ argv }: Case): boolean => argv.includes("--help") || argv.includes("-h");

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-corpus-"));
const at = (name: string): string => path.join(folder, name);
const local = (text: string): string => text.replaceAll("$D", folder);

beforeAll(async () => {
  const [proxy, admin] = (await freePorts(2)) as [number, number];
  const node = [
    `prefix = ${at("p")}`,
    "database = off",
    `proxy_listen = 127.0.0.1:${proxy}`,
    `admin_listen = 127.0.0.1:${admin}`,
    "nginx_worker_processes = 1",
    "proxy_access_log = off",
  ].join("\n");
  const files: Record<string, string> = {
    "k.conf": node,
    "bad.conf": `${node.replace("database = off", "database = mysql")}\n`,
    "cass.conf": "database = cassandra\n",
    "bool.conf": "role = x\n",
    "unk.conf": "no_such_key = 1\n",
    "ok.yml": '_format_version: "3.0"\nservices: []\n',
    "ok.json": '{"_format_version":"3.0"}',
    "bad.yml": '_format_version: "3.0"\nservices:\n- name: a\n  foo: 1\n  routes:\n  - name: r\n',
    "syntax.yml": "a: b: c\n",
    "x.txt": "",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
});
afterAll(async () => {
  await run(["stop", "-p", "$D/p"]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

const run = (
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exit: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const bin = path.resolve(import.meta.dirname, "../bin.mjs");
    execFile(
      process.execPath,
      [bin, ...argv.map(local)],
      { cwd: folder, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ exit: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

/** Something, or nothing: what an operator's script sees. */
const isSilent = (text: string | readonly string[]): boolean =>
  (typeof text === "string" ? text : text.join("")).trim() === "";

// One life of one node: each command finds what those before it left.
test.each(cases.filter((one) => !isHelp(one) && different[one.id] === undefined))(
  "$id: $argv has Kong's exit code, and speaks where Kong speaks",
  async ({ id, argv, env, expect: kong }) => {
    const { exit, stdout, stderr } = await run(argv, env);
    expect({ exit, text: exit === kong.exit ? "" : `${stdout}${stderr}` }).toEqual({
      exit: kong.exit,
      text: "",
    });
    if (kong.exit !== 0 && kong.stderr !== "<any>") expect(isSilent(stderr)).toBe(isSilent(kong.stderr));
    const told = ["init", "prepare"].includes(id) ? "" : kong.stdout;
    if (kong.exit === 0) expect(isSilent(stdout)).toBe(isSilent(told));
    // What is told to be read by scripts is the same but for the name.
    if (["vault", "vault-ref", "parse-json", "quit", "reload"].includes(id))
      expect(stdout).toBe(String(kong.stdout).replace("Kong", "Sallyport"));
  },
  60_000,
);

test("help is an answer: on standard output, with exit code 0", async () => {
  for (const argv of [["--help"], ["config", "--help"], ["start", "--help"]]) {
    const { exit, stdout, stderr } = await run(argv);
    expect([exit, stdout.includes("Usage: sallyport"), stderr]).toEqual([0, true, ""]);
  }
});
