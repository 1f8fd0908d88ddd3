import { setTimeout as after } from "node:timers/promises";
import type pg from "pg";
import type { EventWatch } from "../../core/index.ts";
import { DatabaseLocked } from "./driver.ts";
import type { Queries, SqlDriver, SqlRow, SqlValue, Violation } from "./driver.ts";

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Where the tables are; undefined for the user's own. */
  readonly schema?: string | undefined;
  /** Milliseconds for connecting, and for each statement. */
  readonly timeoutMs: number;
  readonly isSecure: boolean;
  /** Whether the server's certificate is verified; only with `isSecure`. */
  readonly isVerified: boolean;
  /** The most connections at once. */
  readonly connections: number;
  /** Told of connections that break while nobody uses them. */
  readonly onError: (error: Error) => void;
}

const uniqueViolation = "23505";
const foreignKeyViolation = "23503";
const channel = "sallyport_events";
/** Any number that no other application locks: the first 8 letters of the name. */
const writersLock = "7521965833471684207";
const lockPollMs = 50;
/** PostgreSQL's texts hold no NUL. Nobody writes this noncharacter, and rows hold the escape `\u0000` of JSON anyway. */
const instead = "\u{10FFFF}";

const bound = (value: SqlValue): SqlValue =>
  typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", instead) : value;

/** PostgreSQL over a pool of connections. */
export class PostgresDriver implements SqlDriver {
  readonly dialect = "postgres";
  readonly maxParameters = 65_535;
  private readonly pool: pg.Pool;
  private readonly config: pg.PoolConfig;
  private readonly onError: (error: Error) => void;
  private readonly timeoutMs: number;
  private readonly texts = new Map<string, string>();
  private readonly library: typeof pg;
  private closing: Promise<void> | undefined;

  /** The library is loaded here: it would cost every start 19 ms, databases or not. Connections come with their use. */
  static async open(options: PostgresOptions): Promise<PostgresDriver> {
    const { default: library } = await import("pg");
    return new PostgresDriver(library, options);
  }

  private constructor(library: typeof pg, options: PostgresOptions) {
    this.library = library;
    const { host, port, user, password, database, schema, timeoutMs } = options;
    this.onError = options.onError;
    this.timeoutMs = timeoutMs;
    this.config = {
      host,
      port,
      user,
      password,
      database,
      max: options.connections,
      connectionTimeoutMillis: timeoutMs,
      statement_timeout: timeoutMs,
      query_timeout: timeoutMs + 1_000,
      // A writer whose network stands still would keep all others from writing.
      idle_in_transaction_session_timeout: timeoutMs,
      keepAlive: true,
      application_name: "sallyport",
      ssl: options.isSecure ? { rejectUnauthorized: options.isVerified } : false,
      ...(schema !== undefined && { options: `-c search_path="${schema.replaceAll('"', "")}"` }),
    };
    this.pool = new library.Pool(this.config);
    this.pool.on("error", this.onError);
    // One that is ended before its borrower listens would end the process; the borrower's next statement tells of it.
    this.pool.on("connect", (client) => client.on("error", () => undefined));
  }

  query(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.run(this.pool, sql, parameters);
  }

  private async run(
    client: pg.Pool | pg.PoolClient,
    sql: string,
    parameters: readonly SqlValue[],
  ): Promise<readonly SqlRow[]> {
    const { rows } = await client.query<SqlRow>(this.numbered(sql), parameters.map(bound));
    return rows;
  }

  /** `?` becomes `$1`, `$2`… */
  private numbered(sql: string): string {
    let text = this.texts.get(sql);
    if (text === undefined) {
      let count = 0;
      text = sql.replace(/\?/g, () => `$${++count}`);
      if (this.texts.size < 1_000) this.texts.set(sql, text);
    }
    return text;
  }

  /** One writer at a time over all nodes: what it checked holds until its commit. */
  private async lock(client: pg.PoolClient, waitMs: number | undefined): Promise<void> {
    if (waitMs === undefined) {
      await client.query(`SELECT pg_advisory_xact_lock(${writersLock})`);
      return;
    }
    // Asked again and again: a statement that waits would end by `statement_timeout`.
    const deadline = performance.now() + waitMs;
    for (;;) {
      const { rows } = await client.query<{ is_ours: boolean }>(
        `SELECT pg_try_advisory_xact_lock(${writersLock}) AS is_ours`,
      );
      if (rows[0]?.is_ours) return;
      if (performance.now() > deadline) throw new DatabaseLocked("another node writes to the database");
      await after(lockPollMs);
    }
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>, waitMs?: number): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // Between two statements nobody waits for the connection; its end would be an uncaught error.
    const breaks = (error: Error): void => void (broken = error);
    client.on("error", breaks);
    try {
      await client.query("BEGIN");
      await this.lock(client, waitMs);
      const result = await work({ query: (sql, parameters = []) => this.run(client, sql, parameters) });
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch(breaks);
      throw error;
    } finally {
      client.off("error", breaks);
      client.release(broken);
    }
  }

  violation(error: unknown): Violation | undefined {
    const { code, table = "", constraint = "" } = error as pg.DatabaseError;
    if (code === foreignKeyViolation) return { kind: "foreign" };
    if (code !== uniqueViolation) return undefined;
    if (constraint === `${table}_pkey`) return { kind: "primary", table, columns: ["id"] };
    // As PostgreSQL names the constraint of a column: services_u_name_key.
    const column = constraint.slice(table.length + 1).replace(/_key$/, "");
    return { kind: "unique", table, columns: [column] };
  }

  async signal(queries: Queries): Promise<void> {
    await queries.query(`NOTIFY ${channel}`);
  }

  /** Listens on a connection of its own. A connection that stands still without an end is found by `isAlive`. */
  async watch(onSignal: () => void, onLost: () => void): Promise<EventWatch> {
    const client = new this.library.Client(this.config);
    let isListening = false;
    let isOver = false;
    const lose = (): void => {
      if (isOver) return;
      isOver = true;
      if (isListening) onLost();
    };
    client.on("error", (error) => {
      if (isListening && !isOver) this.onError(error);
      lose();
    });
    client.on("end", lose);
    client.on("notification", onSignal);
    const cut = (): void => {
      isOver = true;
      // `end` would wait for an answer that may never come.
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    };
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      isListening = true;
    } catch (error) {
      cut();
      throw error;
    }
    return {
      async isAlive() {
        if (isOver) return false;
        try {
          await client.query("SELECT 1 AS one");
          return !isOver;
        } catch {
          return false;
        }
      },
      stop: async () => cut(),
    };
  }

  /** Waits for connections in use, but not for a server that does not answer any more. */
  close(): Promise<void> {
    const patience = new AbortController();
    this.closing ??= Promise.race([
      this.pool.end().finally(() => patience.abort()),
      after(this.timeoutMs, undefined, { signal: patience.signal, ref: false }).catch(() => undefined),
    ]);
    return this.closing;
  }
}
