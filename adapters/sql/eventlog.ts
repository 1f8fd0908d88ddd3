import type { EventLog, EventPage, EventWatch, LoggedEvent, NewEvent } from "../../core/index.ts";
import type { Queries, SqlDriver, SqlRow, SqlValue } from "./driver.ts";

/** Events of one INSERT, at most, and the parameters of each. */
const eventsAtOnce = 100;
const eventParameters = 8;
const columns = "(seq, id, node_id, at_ms, nbf_ms, expire_at_ms, channel, data)";

const logged = (row: SqlRow): LoggedEvent => ({
  seq: Number(row["seq"]),
  id: String(row["id"]),
  node: String(row["node_id"]),
  atMs: Number(row["at_ms"]),
  channel: String(row["channel"]),
  data: String(row["data"]),
});

/**
 * Events in a table that lives beside the entities. The database's clock counts. Numbers come from one row, which the
 * writing transaction holds until its end: who reads a number has read all smaller ones, which a sequence would not
 * promise. Events that wait for their time have no number yet; the reader that finds them due gives it to them.
 */
export class SqlEventLog implements EventLog {
  private readonly driver: SqlDriver;
  private readonly now: string;
  readonly watch?: (onAppend: () => void, onLost: () => void) => Promise<EventWatch>;

  constructor(driver: SqlDriver) {
    this.driver = driver;
    this.now =
      driver.dialect === "postgres"
        ? "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT"
        : "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)";
    if (driver.watch !== undefined) this.watch = (onAppend, onLost) => driver.watch!(onAppend, onLost);
  }

  append(events: readonly NewEvent[]): Promise<void> {
    return this.driver.transaction((queries) => this.appendIn(queries, events));
  }

  /** Appends as a part of a transaction: with what it writes, or not at all. */
  async appendIn(queries: Queries, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    let seq = (await this.reserve(queries, events.length)) - events.length;
    const atOnce = Math.min(eventsAtOnce, Math.floor(this.driver.maxParameters / eventParameters));
    for (let from = 0; from < events.length; from += atOnce) {
      const some = events.slice(from, from + atOnce);
      const rows = some.map(({ id, node, channel, data, delayMs, keepMs }) => {
        const isNow = delayMs <= 0;
        const delay = Math.max(0, Math.ceil(delayMs));
        const values: SqlValue[] = [isNow ? ++seq : null, id, node, delay];
        if (!isNow) values.push(delay);
        values.push(delay + keepMs, channel, data);
        return { values, nbf: isNow ? "NULL" : this.later() };
      });
      await queries.query(
        `INSERT INTO cluster_events ${columns} VALUES ${rows
          .map(({ nbf }) => `(?, ?, ?, ${this.later()}, ${nbf}, ${this.later()}, ?, ?)`)
          .join(", ")} ON CONFLICT (id) DO NOTHING`,
        rows.flatMap(({ values }) => values),
      );
    }
    await this.driver.signal?.(queries);
  }

  private later(): string {
    return this.driver.dialect === "postgres" ? `${this.now} + CAST(? AS BIGINT)` : `${this.now} + ?`;
  }

  /** Takes numbers. @returns The last of them. */
  private async reserve(queries: Queries, count: number): Promise<number> {
    const [row] = await queries.query(
      `INSERT INTO marks (name, value) VALUES ('events', ?)
       ON CONFLICT (name) DO UPDATE SET value = marks.value + excluded.value RETURNING value`,
      [count],
    );
    return Number(row!["value"]);
  }

  async head(): Promise<number> {
    const [row] = await this.driver.query("SELECT value FROM marks WHERE name = 'events'");
    return Number(row?.["value"] ?? 0);
  }

  async since(seq: number, lookBackMs: number, limit: number): Promise<EventPage | undefined> {
    const page = await this.read(seq, lookBackMs, limit);
    if (page?.dueInMs === undefined || page.dueInMs > 0) return page;
    await this.placeDue();
    return this.read(seq, lookBackMs, limit);
  }

  /** One statement, one moment: events, what is forgotten, and what waits. */
  private async read(seq: number, lookBackMs: number, limit: number): Promise<EventPage | undefined> {
    const looksBack = lookBackMs > 0;
    const rows = await this.driver.query(
      `SELECT state.forgotten, state.due_in_ms, event.seq, event.id, event.node_id, event.at_ms, event.channel, event.data
       FROM (SELECT (SELECT value FROM marks WHERE name = 'forgotten') AS forgotten,
                    (SELECT MIN(nbf_ms) FROM cluster_events WHERE seq IS NULL) - ${this.now} AS due_in_ms) AS state
       LEFT JOIN (SELECT seq, id, node_id, at_ms, channel, data FROM cluster_events
                  WHERE ${looksBack ? `seq IS NOT NULL AND (seq > ? OR at_ms > ${this.now} - ?)` : "seq > ?"}
                  ORDER BY seq LIMIT ?) AS event ON 1 = 1
       ORDER BY event.seq`,
      looksBack ? [seq, lookBackMs, limit] : [seq, limit],
    );
    const [state] = rows;
    if (Number(state?.["forgotten"] ?? 0) > seq) return undefined;
    const dueInMs = state?.["due_in_ms"] ?? undefined;
    return {
      events: rows.filter((row) => row["seq"] !== null).map(logged),
      dueInMs: dueInMs === undefined ? undefined : Number(dueInMs),
    };
  }

  private placeDue(): Promise<void> {
    return this.driver.transaction(async (queries) => {
      const due = await queries.query(
        `SELECT id FROM cluster_events WHERE seq IS NULL AND nbf_ms <= ${this.now} ORDER BY nbf_ms, id LIMIT 1000`,
      );
      if (due.length === 0) return;
      let seq = (await this.reserve(queries, due.length)) - due.length;
      for (const row of due)
        await queries.query(`UPDATE cluster_events SET seq = ?, at_ms = ${this.now} WHERE id = ?`, [
          ++seq,
          String(row["id"]),
        ]);
      await this.driver.signal?.(queries);
    });
  }

  async prune(): Promise<void> {
    const over = `seq IS NOT NULL AND expire_at_ms <= ${this.now}`;
    const [found] = await this.driver.query(`SELECT 1 AS one FROM cluster_events WHERE ${over} LIMIT 1`);
    if (found === undefined) return;
    await this.driver.transaction(async (queries) => {
      const gone = await queries.query(`DELETE FROM cluster_events WHERE ${over} RETURNING seq`);
      const last = gone.reduce((most, row) => Math.max(most, Number(row["seq"])), 0);
      await queries.query(
        `INSERT INTO marks (name, value) VALUES ('forgotten', ?)
         ON CONFLICT (name) DO UPDATE SET value = CASE WHEN excluded.value > marks.value THEN excluded.value ELSE marks.value END`,
        [last],
      );
    });
  }
}
