import type { Addition, Clock, CountedWindow, Counters, Taken } from "../../core/index.ts";
import type { SqlDriver } from "./driver.ts";
import { createCounters } from "./schema.ts";

/** Nodes that share the database count together. */
export class SqlCounters implements Counters {
  private readonly driver: Pick<SqlDriver, "query" | "dialect">;
  private readonly clock: Pick<Clock, "nowMs">;

  constructor(driver: Pick<SqlDriver, "query" | "dialect">, clock: Pick<Clock, "nowMs">) {
    this.driver = driver;
    this.clock = clock;
  }

  async take(windows: readonly CountedWindow[]): Promise<Taken> {
    const counts: number[] = [];
    for (const [i, window] of windows.entries()) {
      const count = await this.takeOne(window);
      if (count !== undefined) {
        counts.push(count);
        continue;
      }
      // One window has no room: what was counted in those before is taken back.
      await Promise.all(
        windows.slice(0, i).map(({ key, endsInMs }) => this.addOne({ key, by: -1, endsInMs })),
      );
      const rest = await this.read(windows.slice(i).map(({ key }) => key));
      return { isAllowed: false, counts: [...counts.map((value) => value - 1), ...rest] };
    }
    return { isAllowed: true, counts };
  }

  async read(keys: readonly string[]): Promise<number[]> {
    const marks = keys.map(() => "?").join(", ");
    const rows = await this.driver.query(
      `SELECT key, value FROM counters WHERE key IN (${marks}) AND expires_at_ms > ?`,
      [...keys, this.clock.nowMs()],
    );
    const found = new Map(rows.map((row) => [row["key"], Number(row["value"])]));
    return keys.map((key) => found.get(key) ?? 0);
  }

  async add(additions: readonly Addition[]): Promise<number[]> {
    const sums: number[] = [];
    for (const addition of additions) sums.push(await this.addOne(addition));
    return sums;
  }

  /** Makes the table, in a database that has no migrations. */
  async prepare(): Promise<void> {
    await this.driver.query(createCounters(this.driver.dialect));
  }

  /** Forgets windows that are over. @returns How many. */
  async purge(): Promise<number> {
    const rows = await this.driver.query("DELETE FROM counters WHERE expires_at_ms <= ? RETURNING key", [
      this.clock.nowMs(),
    ]);
    return rows.length;
  }

  /** One statement: the database lets one at a time change the row. */
  private async takeOne({ key, limit, endsInMs }: CountedWindow): Promise<number | undefined> {
    if (limit < 1) return undefined;
    const endsAtMs = Math.ceil(this.clock.nowMs() + endsInMs);
    const [row] = await this.driver.query(
      "INSERT INTO counters (key, value, expires_at_ms) VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET value = counters.value + 1 WHERE counters.value < ? RETURNING value",
      [key, endsAtMs, limit],
    );
    return row === undefined ? undefined : Number(row["value"]);
  }

  private async addOne({ key, by, endsInMs }: Addition): Promise<number> {
    const endsAtMs = Math.ceil(this.clock.nowMs() + endsInMs);
    const [row] = await this.driver.query(
      "INSERT INTO counters (key, value, expires_at_ms) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = counters.value + excluded.value RETURNING value",
      [key, by, endsAtMs],
    );
    return Number(row!["value"]);
  }
}
