import { MemoryEventLog, type MemoryPorts, MemoryStore } from "../adapters/memory/index.ts";
import {
  Database,
  DatabaseRecords,
  declaredRow,
  type DeclarativeConfiguration,
  type Gateway,
  readChange,
  type Records,
  type Tables,
  tablesOf,
  writeTables,
} from "../core/index.ts";

/** A database in memory for what plugins write; the gateway serves each write when it settles. */
export class TestRecords implements Records {
  readonly isWritable = true;
  private readonly records: DatabaseRecords;
  private readonly database: Database;
  private tables: Tables | undefined;
  private loading: Promise<unknown> = Promise.resolve();
  private lastSeq = 0;

  constructor(
    { context: { entities, auto } }: DeclarativeConfiguration,
    { clock }: MemoryPorts,
    gateway: () => Gateway,
  ) {
    const log = new MemoryEventLog(clock);
    const store = new MemoryStore(tablesOf(entities), clock, log);
    const onCommitted = async (): Promise<void> => {
      const page = await log.since(this.lastSeq, 0, 1_000);
      for (const event of page?.events ?? []) {
        this.lastSeq = event.seq;
        const { table, id } = readChange(event);
        if (entities.get(table)?.transient === true) continue;
        const row = await store.get(table, id);
        gateway().prepareChanges([{ table, id, row: row && declaredRow(row) }])();
      }
    };
    this.database = new Database({ store, entities, auto, onCommitted });
    this.records = new DatabaseRecords(this.database);
  }

  /** Takes a document's rows in. */
  load(tables: Tables): void {
    this.tables = tables;
  }

  /** With the first use: most gateways of tests never write. */
  private ready(): Promise<unknown> {
    const { tables } = this;
    this.tables = undefined;
    if (tables !== undefined) this.loading = writeTables(this.database, tables, { isComplete: true });
    return this.loading;
  }

  async find(...given: Parameters<Records["find"]>): ReturnType<Records["find"]> {
    await this.ready();
    return this.records.find(...given);
  }

  async list(...given: Parameters<Records["list"]>): ReturnType<Records["list"]> {
    await this.ready();
    return this.records.list(...given);
  }

  async insert(...given: Parameters<Records["insert"]>): ReturnType<Records["insert"]> {
    await this.ready();
    return this.records.insert(...given);
  }

  async update(...given: Parameters<Records["update"]>): ReturnType<Records["update"]> {
    await this.ready();
    return this.records.update(...given);
  }

  async remove(...given: Parameters<Records["remove"]>): ReturnType<Records["remove"]> {
    await this.ready();
    return this.records.remove(...given);
  }
}
