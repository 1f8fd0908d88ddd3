import type { EventWatch } from "../../core/index.ts";

/** A value of a parameter: what every database binds alike. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** Runs statements. Parameters stand as `?`. */
export interface Queries {
  query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
}

/** What went wrong with a statement, where it is a matter of keys. */
export type Violation =
  | { readonly kind: "primary" | "unique"; readonly table: string; readonly columns: readonly string[] }
  /** A reference leads nowhere, or is still needed; which one is found out by asking. */
  | { readonly kind: "foreign" };

/** Another writer did not end in time. */
export class DatabaseLocked extends Error {
  override readonly name = "DatabaseLocked";
}

/** A database that speaks SQL. */
export interface SqlDriver extends Queries {
  readonly dialect: "sqlite" | "postgres";
  /** The most parameters that a statement takes. */
  readonly maxParameters: number;
  /**
   * Runs `work` in a transaction that no other writer enters; an error undoes it and comes out.
   *
   * @param waitMs Milliseconds to wait for another writer; default: as long as a statement may take.
   * @throws DatabaseLocked when `waitMs` is over.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>, waitMs?: number): Promise<T>;
  /** Reads an error of `query`. */
  violation(error: unknown): Violation | undefined;
  /** Tells those who `watch`, of this node and others, once the transaction of `queries` is committed. */
  signal?(queries: Queries): Promise<void>;
  /** Where the database can tell: calls `onSignal` after each `signal`. @see EventLog.watch */
  watch?(onSignal: () => void, onLost: () => void): Promise<EventWatch>;
  /** Harmless when called again. */
  close(): Promise<void>;
}
