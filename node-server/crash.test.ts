import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SqlDriver } from "../adapters/sql/index.ts";
import { PostgresDriver, SqliteDriver } from "../adapters/sql/node.ts";
import { bootstrapPostgres } from "../test/support/bootstrap.ts";
import { type Daemon, daemonForTest } from "../test/support/daemon.ts";
import { type Postgres, postgresFolder, startPostgres } from "../test/support/postgres.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (conf: Record<string, string>): Promise<Daemon> => daemonForTest({ conf });

/** Kills the process that serves, as the kernel does when memory is out; its supervisor starts another. */
const killServing = async ({ adminPort }: Daemon): Promise<void> => {
  const response = await fetch(`http://127.0.0.1:${adminPort}/`);
  const { pids } = (await response.json()) as { pids: { master: number } };
  process.kill(pids.master, "SIGKILL");
};

const writers = 8;
const acknowledgedBetween = 60;

/** Many write at the same time, and go on until after the last crash. @returns The names that were acknowledged. */
const storm = async ({ adminPort }: Daemon, crashes: readonly (() => Promise<void>)[]): Promise<string[]> => {
  const acknowledged: string[] = [];
  const over = new AbortController();
  let refused = 0;
  const write = async (writer: number): Promise<void> => {
    for (let i = 0; !over.signal.aborted; i++) {
      const username = `w${writer}-${i}`;
      try {
        const response = await fetch(`http://127.0.0.1:${adminPort}/consumers`, {
          method: "POST",
          body: JSON.stringify({ username }),
          headers: { "Content-Type": "application/json" },
        });
        await response.arrayBuffer();
        if (response.status === 201) acknowledged.push(username);
        else refused++;
      } catch {
        refused++;
        // Nobody is there at the moment.
        await pass(20);
      }
    }
  };
  const all = Array.from({ length: writers }, (_, writer) => write(writer));
  const more = async (): Promise<void> => {
    const from = acknowledged.length;
    const deadline = performance.now() + 60_000;
    while (acknowledged.length < from + acknowledgedBetween) {
      if (performance.now() > deadline) throw new Error("nothing is written any more");
      await pass(5);
    }
  };
  try {
    for (const crash of crashes) {
      await more();
      await crash();
    }
    await more();
  } finally {
    over.abort();
    await Promise.all(all);
  }
  expect(refused).toBeGreaterThan(0);
  return acknowledged;
};

/** What a database holds: the consumers, and the rows that events tell of. */
const held = async (driver: SqlDriver) => {
  const rows = await driver.query('SELECT id, "row" FROM consumers');
  const events = await driver.query("SELECT data FROM cluster_events");
  await driver.close();
  const told = events.map(({ data }) => JSON.parse(String(data)) as [string, string]);
  return {
    names: new Set(rows.map(({ row }) => (JSON.parse(String(row)) as { username: string }).username)),
    ids: new Set(rows.map(({ id }) => String(id))),
    told: new Set(told.filter(([table]) => table === "consumers").map(([, id]) => id)),
  };
};

const expectWhole = async (driver: SqlDriver, acknowledged: readonly string[]): Promise<void> => {
  const { names, ids, told } = await held(driver);
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  // No write without its event, no event without its write.
  expect([...ids].filter((id) => !told.has(id))).toEqual([]);
  expect([...told].filter((id) => !ids.has(id))).toEqual([]);
};

test("SQLite: killed in a storm of writes, it lost nothing that was acknowledged, and misses no event", async () => {
  const file = path.join(folder, "storm.db");
  const daemon = await start({ database: "sqlite", sqlite_path: file });
  const kill = () => killServing(daemon);
  const acknowledged = await storm(daemon, [kill, kill, kill]);
  await daemon.stop();
  await expectWhole(new SqliteDriver(file), acknowledged);
}, 120_000);

describe.skipIf(postgresFolder === undefined)("PostgreSQL installed", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
    await bootstrapPostgres(server.port);
  }, 60_000);
  afterAll(() => server.stop());

  test("gateway and database killed in a storm of writes lost nothing that was acknowledged, and miss no event", async () => {
    const daemon = await start({ database: "postgres", pg_port: String(server.port) });
    const crash = () => server.restart("crash");
    const acknowledged = await storm(daemon, [crash, () => killServing(daemon), crash]);
    await daemon.stop();
    const driver = await PostgresDriver.open({
      ...{ host: "127.0.0.1", port: server.port, user: "kong", password: "", database: "kong" },
      ...{ timeoutMs: 5_000, isSecure: false, isVerified: false, connections: 1, onError: () => undefined },
    });
    await expectWhole(driver, acknowledged);
  }, 120_000);
});
