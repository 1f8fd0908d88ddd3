import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bundledPlugins } from "../core/index.ts";
import { gatewayOn, oneRoute } from "../testing/index.ts";
import { loadPlugins } from "./plugins.ts";

let prefix: string;
beforeEach(() => void (prefix = mkdtempSync(path.join(tmpdir(), "sallyport-plugins-"))));
afterEach(() => rmSync(prefix, { recursive: true, force: true }));

const write = (name: string, text: string): void => {
  const file = path.join(prefix, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const load = async (...plugins: string[]): Promise<string[]> =>
  (await loadPlugins({ plugins, database: "off", prefix })).map(
    ({ name, priority }) => `${name} ${priority}`,
  );

const kongModule = (priority: number): string =>
  `class P { access() {} }\nmodule.exports = { Plugin: P, Schema: [], Version: "1.0.0", Priority: ${priority} };`;

describe("plugins are found by their names", () => {
  test("in the folder of the node", async () => {
    write(
      "plugins/typed.mjs",
      `const priority = 7; export const plugin = { name: "typed", priority, config: {}, create: () => ({}) };`,
    );
    expect(await load("typed")).toEqual(["typed 7"]);
  });

  test("in packages that are installed for it", async () => {
    write("node_modules/my-plugin/package.json", '{"name":"my-plugin","main":"main.js"}');
    write("node_modules/my-plugin/main.js", kongModule(5));
    expect(await load("my-plugin")).toEqual(["main 5"]);
  });

  test("in a folder with an index, in the shape of kong-pdk", async () => {
    write("plugins/greeter/index.cjs", kongModule(1));
    write("plugins/greeter/index.js", kongModule(3));
    expect(await load("greeter")).toEqual(["greeter 3"]);
  });
});

test("what changed on the disk is loaded anew", async () => {
  write("plugins/live.cjs", kongModule(1));
  expect(await load("live")).toEqual(["live 1"]);
  await expect
    .poll(
      async () => {
        write("plugins/live.cjs", kongModule(2));
        return load("live");
      },
      { timeout: 5_000 },
    )
    .toEqual(["live 2"]);
});

test("CommonJS is taken as a whole, and with what it requires as that is now", () => {
  // In a process of its own: the test runner imports in its own way.
  const script = `
    import { writeFileSync } from "node:fs";
    import { loadPlugins } from ${JSON.stringify(new URL("plugins.ts", import.meta.url).href)};
    const prefix = ${JSON.stringify(prefix)};
    for (const priority of [8, 9]) {
      writeFileSync(prefix + "/plugins/number.cjs", "module.exports = " + priority);
      const [plugin] = await loadPlugins({ plugins: ["parted"], database: "off", prefix });
      console.log(plugin.name, plugin.priority);
    }`;
  write(
    "plugins/parted.cjs",
    'class P {}\nmodule.exports = { Plugin: P, Schema: [], Version: "1.0.0", Priority: require("./number.cjs") };',
  );
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
  });
  expect([stdout, stderr]).toEqual(["parted 8\nparted 9\n", ""]);
});

test.each([
  ["is nowhere", "absent", "plugin 'absent' is not installed"],
  ["is no plugin", "empty", "does not export `plugin`"],
  ["breaks while it is loaded", "broken", "oops"],
])("a plugin that %s is told by name", async (_, name, problem) => {
  write("plugins/empty.mjs", "export const x = 1;");
  write("plugins/broken.mjs", 'throw new Error("oops");');
  await expect(load(name)).rejects.toThrow(problem);
});

test("one that can't be loaded stands under its name, and refuses configurations with the reason", async () => {
  write("plugins/broken.mjs", 'throw new Error("oops");');
  const told: string[] = [];
  const conf = { plugins: ["bundled", "broken", "absent"], database: "off", prefix } as const;
  const plugins = await loadPlugins(conf, undefined, (problem) => told.push(problem));
  expect(told).toEqual([
    "plugin 'broken' can't be loaded: oops",
    "plugin 'absent' can't be loaded: plugin 'absent' is not installed",
  ]);
  const document = (name: string) => oneRoute([{ name }]);
  const rest = plugins.filter(({ name }) => !bundledPlugins.some((bundled) => bundled.name === name));
  expect(() => gatewayOn(document("broken"), { extraPlugins: rest })).toThrow("can't be loaded: oops");
  expect(() => gatewayOn(document("key-auth"), { extraPlugins: rest })).not.toThrow();
});
