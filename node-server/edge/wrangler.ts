import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { CommandError } from "../cli/failure.ts";

/** Nothing is told or looked up beside the work. */
const quiet = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
};

/** The wrangler of the project in `folder`, or the one beside this package. @throws CommandError when there is none. */
const find = (folder: string): string => {
  for (const from of [path.join(folder, "package.json"), import.meta.filename]) {
    try {
      const manifest = createRequire(from).resolve("wrangler/package.json");
      return path.join(path.dirname(manifest), "bin/wrangler.js");
    } catch {
      continue;
    }
  }
  throw new CommandError("wrangler is not installed; run 'npm install wrangler'");
};

/**
 * Runs wrangler in a folder.
 *
 * @param input What it reads on standard input.
 * @returns What it said.
 * @throws CommandError with what it said when it fails.
 */
export const wrangler = (folder: string, args: readonly string[], input = ""): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [find(folder), ...args], {
      cwd: folder,
      env: { ...quiet, ...process.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (text: Buffer) => (said += text.toString()));
    child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(said)
        : reject(new CommandError(`wrangler ${args.join(" ")} failed:\n${said.trim()}`)),
    );
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
