#!/usr/bin/env node
// Starts the command line on a Node that can run it: the one that comes with the package where there is one,
// else the system's. Plain JavaScript, because an older Node has to read it too.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const minimum = 24;
const major = Number(process.versions.node.split(".", 1)[0]);
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Whether the build is of the sources as they are: asking 650 files takes 3 ms. */
const isCurrent = () => {
  try {
    const { builtAtMs, files } = JSON.parse(readFileSync(path.join(root, "dist/sources.json"), "utf8"));
    return files.every((file) => statSync(path.join(root, file)).mtimeMs < builtAtMs);
  } catch {
    return false;
  }
};

// A checkout runs its sources unless they are what was built; the package has nothing but the build.
const sources = path.join(root, "node-server/main.ts");
const main = existsSync(sources) && !isCurrent() ? sources : path.join(root, "dist/node-server/main.js");

const bundledNode = () => {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    return path.join(path.dirname(require.resolve(`${name}/package.json`)), "bin", "node");
  } catch {
    return undefined;
  }
};

// Compiled code is kept: a command starts in half the time, and so do the processes that it starts.
const caches = process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache");
process.env.NODE_COMPILE_CACHE ??= path.join(caches, "sallyport");

if (major >= minimum) {
  const { enableCompileCache } = await import("node:module");
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import(main);
} else {
  const node = bundledNode();
  if (node === undefined) {
    process.stderr.write(`Error: sallyport needs Node ${minimum} or newer; this is ${process.version}.\n`);
    process.exit(1);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C reaches both from a terminal, but only this one from a script: passed on it is heard twice at worst.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}
