import type { Clock, DictEntry, DictValue, SharedDict, StaleEntry, Written } from "../../../core/index.ts";
import { DictWrites, type WriteCondition } from "../../../core/ports/dictwrites.ts";
import { kinds, restore, store, type Stored } from "./value.ts";

interface Row extends Record<string, SqlStorageValue> {
  readonly kind: number;
  readonly value: string | number | ArrayBuffer | null;
  readonly flags: number;
  /** Milliseconds since the epoch; null for never. */
  readonly expires: number | null;
  readonly bytes: number;
}

const maxKeyLength = 65_535;
const entryBytes = 64;

const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, kind INTEGER NOT NULL, value, flags INTEGER NOT NULL, expires REAL,
    written INTEGER NOT NULL, bytes INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS entries_written ON entries (written);
  CREATE TABLE IF NOT EXISTS elements (
    key TEXT NOT NULL REFERENCES entries (key) ON DELETE CASCADE, place INTEGER NOT NULL, kind INTEGER NOT NULL, value,
    bytes INTEGER NOT NULL, PRIMARY KEY (key, place)
  );
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
`;

/**
 * A dict in the SQLite of one Durable Object: what was answered is there after a restart. Reads write nothing, so the
 * entry that was written longest ago gives way.
 */
export class DictRows extends DictWrites implements SharedDict {
  readonly minTtlMs = 1;
  readonly stalenessMs = 0;
  readonly evicts = "least recently written";
  readonly capacityBytes: number;
  clock: Pick<Clock, "nowMs">;
  private readonly sql: SqlStorage;
  private usedBytes: number;
  private written: number;

  constructor(sql: SqlStorage, clock: Pick<Clock, "nowMs">, capacityBytes: number) {
    super();
    this.sql = sql;
    this.clock = clock;
    this.capacityBytes = capacityBytes;
    sql.exec(schema);
    const facts = sql.exec(
      "SELECT coalesce(sum(bytes), 0) AS used, coalesce(max(written), 0) AS written FROM entries",
    );
    const { used, written } = facts.one();
    this.usedBytes = used as number;
    this.written = written as number;
  }

  get(key: string): DictValue | undefined {
    const row = this.live(key);
    return row && restore(row);
  }

  getWithFlags(key: string): DictEntry | undefined {
    const row = this.live(key);
    return row && { value: restore(row), flags: row.flags };
  }

  getStale(key: string): StaleEntry | undefined {
    const row = this.find(key);
    return row && { value: restore(row), flags: row.flags, isStale: this.isOver(row) };
  }

  delete(key: string): void {
    this.drop("DELETE FROM entries WHERE key = ? RETURNING bytes", key);
  }

  clear(prefix: string): void {
    this.drop("DELETE FROM entries WHERE substr(key, 1, length(?1)) = ?1 RETURNING bytes", prefix);
  }

  incr(key: string, by: number, init: number, initTtlMs?: number): number;
  incr(key: string, by: number): number | undefined;
  incr(key: string, by: number, init?: number, initTtlMs?: number): number | undefined {
    const row = this.live(key);
    if (row === undefined) {
      if (init === undefined) return undefined;
      if (this.write("always", true, key, init + by, initTtlMs) === "full") throw new RangeError("no memory");
      return init + by;
    }
    if (row.kind !== kinds.number) throw new TypeError("not a number");
    const sum = (restore(row) as number) + by;
    this.sql.exec("UPDATE entries SET value = ?, written = ? WHERE key = ?", sum, ++this.written, key);
    return sum;
  }

  lpush(key: string, value: DictValue): number | undefined {
    return this.push(key, value, "coalesce(min(place), 0) - 1");
  }

  rpush(key: string, value: DictValue): number | undefined {
    return this.push(key, value, "coalesce(max(place), 0) + 1");
  }

  lpop(key: string): DictValue | undefined {
    return this.pop(key, "min");
  }

  rpop(key: string): DictValue | undefined {
    return this.pop(key, "max");
  }

  llen(key: string): number {
    return (this.list(key)?.value as number | undefined) ?? 0;
  }

  ttl(key: string): number | undefined {
    const row = this.live(key);
    return row && (row.expires === null ? Infinity : row.expires - this.clock.nowMs());
  }

  expire(key: string, ttlMs: number): boolean {
    const expires = this.end(ttlMs);
    if (this.live(key) === undefined) return false;
    this.sql.exec("UPDATE entries SET expires = ? WHERE key = ?", expires, key);
    return true;
  }

  flushAll(): void {
    this.sql.exec("UPDATE entries SET expires = 0");
  }

  flushExpired(max = Infinity): number {
    return this.drop(
      `DELETE FROM entries WHERE key IN (SELECT key FROM entries WHERE expires <= ? ORDER BY written LIMIT ?)
       RETURNING bytes`,
      this.clock.nowMs(),
      limitOf(max),
    );
  }

  keys(max = 1024): string[] {
    const rows = this.sql.exec<{ key: string }>(
      "SELECT key FROM entries WHERE expires IS NULL OR expires > ? LIMIT ?",
      this.clock.nowMs(),
      limitOf(max),
    );
    return [...rows].map(({ key }) => key);
  }

  freeBytes(): number {
    return this.capacityBytes - this.usedBytes;
  }

  evictions(): number {
    const [row] = this.sql.exec<{ value: number }>("SELECT value FROM facts WHERE name = 'evictions'");
    return row?.value ?? 0;
  }

  private find(key: string): Row | undefined {
    const [row] = this.sql.exec<Row>(
      "SELECT kind, value, flags, expires, bytes FROM entries WHERE key = ?",
      key,
    );
    return row;
  }

  private isOver({ expires }: Row): boolean {
    return expires !== null && expires <= this.clock.nowMs();
  }

  private live(key: string): Row | undefined {
    const row = this.find(key);
    return row === undefined || this.isOver(row) ? undefined : row;
  }

  private end(ttlMs: number): number | null {
    if (!(ttlMs > 0)) throw new RangeError("ttlMs must be more than 0");
    return ttlMs === Infinity ? null : this.clock.nowMs() + ttlMs;
  }

  /** Deletes what a statement tells. @returns How many. */
  private drop(statement: string, ...values: (string | number)[]): number {
    const rows = [...this.sql.exec<{ bytes: number }>(statement, ...values)];
    for (const { bytes } of rows) this.usedBytes -= bytes;
    return rows.length;
  }

  protected write(
    when: WriteCondition,
    mayEvict: boolean,
    key: string,
    value: DictValue,
    ttlMs = Infinity,
    flags = 0,
  ): Written {
    const expires = this.end(ttlMs);
    if (when !== "always" && (this.live(key) === undefined) !== (when === "absent"))
      return when === "absent" ? "exists" : "absent";
    this.delete(key);
    const stored = store(value);
    const evicted = this.makeRoom(sizeOf(key) + stored.bytes, mayEvict);
    if (evicted === undefined) return "full";
    this.insert(key, stored, flags >>> 0, expires);
    return evicted > 0 ? "evicting" : "stored";
  }

  private insert(key: string, { kind, value, bytes }: Stored, flags: number, expires: number | null): void {
    const size = sizeOf(key) + bytes;
    this.sql.exec(
      "INSERT INTO entries (key, kind, value, flags, expires, written, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
      key,
      kind,
      value,
      flags,
      expires,
      ++this.written,
      size,
    );
    this.usedBytes += size;
  }

  /** @returns Live entries that gave way; undefined when there is no room. */
  private makeRoom(bytes: number, mayEvict: boolean, kept = ""): number | undefined {
    if (bytes > this.capacityBytes) return undefined;
    if (this.usedBytes + bytes <= this.capacityBytes) return 0;
    if (!mayEvict) {
      this.drop(
        "DELETE FROM entries WHERE expires <= ? AND key <> ? RETURNING bytes",
        this.clock.nowMs(),
        kept,
      );
      return this.usedBytes + bytes <= this.capacityBytes ? 0 : undefined;
    }
    let evicted = 0;
    while (this.usedBytes + bytes > this.capacityBytes) {
      const oldest = this.sql
        .exec<Row & { key: string }>("SELECT * FROM entries ORDER BY written LIMIT 1")
        .one();
      if (!this.isOver(oldest)) evicted++;
      this.delete(oldest.key);
    }
    if (evicted > 0)
      this.sql.exec(
        "INSERT INTO facts VALUES ('evictions', ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
        evicted,
      );
    return evicted;
  }

  private list(key: string): Row | undefined {
    const row = this.live(key);
    if (row !== undefined && row.kind !== kinds.list) throw new TypeError("value not a list");
    return row;
  }

  private push(key: string, value: DictValue, place: string): number | undefined {
    const found = this.list(key);
    const { kind, value: kept, bytes } = store(value);
    const size = entryBytes + bytes;
    if (found === undefined) this.delete(key);
    const head = found === undefined ? sizeOf(key) : 0;
    if (this.makeRoom(head + size, false, key) === undefined) return undefined;
    if (found === undefined) this.insert(key, { kind: kinds.list, value: 0, bytes: 0 }, 0, null);
    this.sql.exec(
      `INSERT INTO elements SELECT ?1, ${place}, ?2, ?3, ?4 FROM elements WHERE key = ?1`,
      key,
      kind,
      kept,
      size,
    );
    return this.resize(key, 1, size);
  }

  private pop(key: string, end: "min" | "max"): DictValue | undefined {
    if (this.list(key) === undefined) return undefined;
    const element = this.sql
      .exec<Row>(
        `DELETE FROM elements WHERE key = ?1 AND place = (SELECT ${end}(place) FROM elements WHERE key = ?1)
         RETURNING kind, value, bytes`,
        key,
      )
      .one();
    if (this.resize(key, -1, -element.bytes) === 0) this.delete(key);
    return restore(element);
  }

  /** @returns The list's length. */
  private resize(key: string, count: number, bytes: number): number {
    this.usedBytes += bytes;
    const row = this.sql.exec<{ value: number }>(
      "UPDATE entries SET value = value + ?, bytes = bytes + ? WHERE key = ? RETURNING value",
      count,
      bytes,
      key,
    );
    return row.one().value;
  }
}

const sizeOf = (key: string): number => {
  if (key.length > maxKeyLength) throw new RangeError("key too long");
  return entryBytes + 2 * key.length;
};

/** SQLite's `LIMIT -1` is none. */
const limitOf = (max: number): number => (max === Infinity ? -1 : max);
