import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MemoryLogger } from "../adapters/memory/index.ts";
import { webClock, webRandom } from "../adapters/web/index.ts";
import {
  bundledPlugins,
  DeclarativeConfiguration,
  type Entity,
  type PluginDefinition,
  type PluginMigration,
  record,
  string,
} from "../core/index.ts";
import type { Conf } from "./conf/load.ts";
import { openDatabase } from "./database.ts";

let prefix: string;
beforeEach(() => void (prefix = mkdtempSync(path.join(tmpdir(), "sallyport-migrations-"))));
afterEach(() => rmSync(prefix, { recursive: true, force: true }));

const greetings: Entity = {
  name: "greetings",
  primaryKey: "id",
  workspaceable: false,
  record: record({ id: string({ doc: "Its name." }), text: string({ doc: "What is said." }) }),
};

/** A plugin of one's own, in the version that has these migrations. */
const greeter = (migrations?: readonly PluginMigration[]): PluginDefinition => ({
  name: "greeter",
  priority: 1,
  config: record({}, { required: true }),
  entities: [greetings],
  ...(migrations && { migrations }),
  create: () => ({}),
});

const open = async (plugin: PluginDefinition) => {
  const plugins = [...bundledPlugins, plugin];
  const { entities } = new DeclarativeConfiguration({
    plugins,
    routerFlavor: "traditional_compatible",
    clock: webClock,
    random: webRandom,
  }).context;
  const conf = { database: "sqlite", sqlitePath: path.join(prefix, "a.db"), prefix } as Conf;
  return (await openDatabase(conf, entities, plugins, new MemoryLogger()))!;
};

test("a plugin's next version changes its rows, in two steps, each once, and tells it", async () => {
  const first = await open(greeter());
  await first.ready();
  const row = { values: { id: "a", text: "hello" }, expiresAtMs: null };
  await first.store.transaction((rows) => rows.insert("greetings", row));
  await first.close();

  const polite: PluginMigration = {
    name: "001_polite",
    async up(rows) {
      for (const { values, expiresAtMs } of await rows.page("greetings", { limit: 100 }))
        await rows.replace("greetings", { values: { ...values, said: values["text"] }, expiresAtMs });
    },
    async finish(rows) {
      for (const { values, expiresAtMs } of await rows.page("greetings", { limit: 100 })) {
        const { text: _text, ...rest } = values;
        await rows.replace("greetings", { values: rest, expiresAtMs });
      }
    },
  };
  const next = await open(greeter([polite]));
  const step = { subsystem: "greeter", name: "001_polite" };
  expect((await next.migrations.state()).missing).toEqual([step]);
  const head = await next.log.head();
  expect(await next.migrations.up()).toEqual([step]);
  expect((await next.store.get("greetings", "a"))?.values).toEqual({ id: "a", text: "hello", said: "hello" });
  expect((await next.log.since(head, 0, 10))?.events).toMatchObject([{ data: '["greetings","a"]' }]);
  expect((await next.migrations.state()).pending).toEqual([step]);
  expect(await next.migrations.finish()).toEqual([step]);
  expect((await next.store.get("greetings", "a"))?.values).toEqual({ id: "a", said: "hello" });
  expect((await next.migrations.state()).executed).toContainEqual(step);
  expect([await next.migrations.up(), await next.migrations.finish()]).toEqual([[], []]);
  await next.close();
});

test("a step that fails leaves everything as it was, and runs again", async () => {
  const first = await open(greeter());
  await first.ready();
  await first.close();
  let isBroken = true;
  const step: PluginMigration = {
    name: "001_first",
    async up(rows) {
      await rows.insert("greetings", { values: { id: "b", text: "x" }, expiresAtMs: null });
      if (isBroken) throw new Error("halfway");
    },
  };
  const next = await open(greeter([step]));
  await expect(next.migrations.up()).rejects.toThrow("halfway");
  expect(await next.store.get("greetings", "b")).toBeUndefined();
  isBroken = false;
  expect(await next.migrations.up()).toHaveLength(1);
  expect(await next.store.get("greetings", "b")).toBeDefined();
  await next.close();
});
