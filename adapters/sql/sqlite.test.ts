import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeStore, libraryTables } from "../../test/contracts/store.ts";
import { MemoryClock } from "../memory/index.ts";
import { Migrations, SqliteDriver, SqlStore } from "./index.ts";

describeStore("node:sqlite", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-"));
  const clock = new MemoryClock();
  const open = async (): Promise<SqlStore> => {
    const driver = new SqliteDriver(path.join(folder, "test.db"));
    await new Migrations(driver, libraryTables, () => clock.nowMs()).up();
    return new SqlStore({ driver, tables: libraryTables, clock });
  };
  const store = await open();
  return {
    store,
    nowMs: () => clock.nowMs(),
    advance: (ms) => clock.advance(ms),
    reopen: open,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
