import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type OutputChunk, rolldown } from "rolldown";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as core from "../core/index.ts";
import configurations from "../rolldown.config.ts";

const root = path.resolve(import.meta.dirname, "..");

describe("the build", () => {
  const chunks = new Map<string, OutputChunk>();

  beforeAll(async () => {
    const { output: outputOptions, plugins: _, ...options } = configurations[0]!;
    const build = await rolldown({ ...options, cwd: root, logLevel: "silent" });
    const { output } = await build.generate(Array.isArray(outputOptions) ? outputOptions[0] : outputOptions);
    for (const chunk of output) if (chunk.type === "chunk") chunks.set(chunk.fileName, chunk);
    await build.close();
  });

  /** What a file reads before it runs: chunks, and names of modules that are no part of the build. */
  const readBy = (name: string, found = new Set<string>()): Set<string> => {
    found.add(name);
    for (const next of chunks.get(name)?.imports ?? []) if (!found.has(next)) readBy(next, found);
    return found;
  };
  const modulesOf = (name: string): string[] =>
    [...readBy(name)].flatMap((file) => chunks.get(file)?.moduleIds ?? []);
  const chunkOf = (module: string): string =>
    [...chunks.values()].find(({ facadeModuleId }) => facadeModuleId === path.join(root, module))!.fileName;

  test.each(["core/index.js", "testing/index.js"])("%s runs anywhere", (name) => {
    expect([...readBy(name)].filter((file) => !chunks.has(file))).toEqual([]);
  });

  test("hands on the names of the core and no others", () => {
    expect(chunks.get("core/index.js")!.exports.toSorted()).toEqual(Object.keys(core).toSorted());
  });

  test.each(["node-server/cli/start.ts", "node-server/daemon.ts"])("%s reads no plugin", (module) => {
    expect(modulesOf(chunkOf(module)).filter((id) => id.includes("/core/plugins/"))).toEqual([]);
  });

  test("a worker reads neither the Admin API nor YAML", () => {
    const foreign = /\/core\/admin\/|\/node_modules\/(?:hono|yaml)\//;
    expect(modulesOf("node-server/worker.js").filter((id) => foreign.test(id))).toEqual([]);
  });
});

describe("the command", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** An installation whose programs say which one they are. */
  const installation = (...programs: ("sources" | "build")[]) => {
    const folder = mkdtempSync(path.join(tmpdir(), "sallyport-build-"));
    folders.push(folder);
    const put = (file: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    };
    put("package.json", '{ "type": "module" }');
    mkdirSync(path.join(folder, "node-server"));
    copyFileSync(path.join(root, "node-server/bin.mjs"), path.join(folder, "node-server/bin.mjs"));
    if (programs.includes("sources")) put("node-server/main.ts", 'console.log("sources" as string);');
    if (programs.includes("build")) {
      put("dist/node-server/main.js", 'console.log("build");');
      const files = ["node-server/main.ts"];
      put("dist/sources.json", JSON.stringify({ builtAtMs: Date.now() + 60_000, files }));
    }
    const run = async (): Promise<string> =>
      (await promisify(execFile)(process.execPath, [path.join(folder, "node-server/bin.mjs")])).stdout.trim();
    return { folder, run };
  };

  test("runs the build of a package", async () => {
    expect(await installation("build").run()).toBe("build");
  });

  test("runs the sources of a checkout that was not built", async () => {
    expect(await installation("sources").run()).toBe("sources");
  });

  test("runs the build of a checkout until a source is newer", async () => {
    const { folder, run } = installation("sources", "build");
    expect(await run()).toBe("build");
    const later = Date.now() / 1000 + 120;
    utimesSync(path.join(folder, "node-server/main.ts"), later, later);
    expect(await run()).toBe("sources");
  });

  test("runs the sources when one that was built is gone", async () => {
    const { folder, run } = installation("sources", "build");
    writeFileSync(
      path.join(folder, "dist/sources.json"),
      JSON.stringify({ builtAtMs: Date.now() + 60_000, files: ["core/gone.ts"] }),
    );
    expect(await run()).toBe("sources");
  });
});
