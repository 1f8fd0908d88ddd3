import type { PageQuery, StoredRow, StoreReader, Tagging, TaggingQuery } from "../ports/store.ts";

/**
 * Reads from a copy of the database that may be some moments behind. A row that it does not have is looked for in the
 * original: what was just made is found. What the copy can't answer the original does.
 */
export class ReplicaReader implements StoreReader {
  private readonly copy: StoreReader;
  private readonly original: StoreReader;
  private readonly onFailure: (error: unknown) => void;

  /** @param onFailure Told when the copy does not answer. */
  constructor(copy: StoreReader, original: StoreReader, onFailure: (error: unknown) => void) {
    this.copy = copy;
    this.original = original;
    this.onFailure = onFailure;
  }

  private async ask<T>(work: (reader: StoreReader) => Promise<T>): Promise<T> {
    try {
      return await work(this.copy);
    } catch (error) {
      this.onFailure(error);
      return work(this.original);
    }
  }

  async get(table: string, id: string): Promise<StoredRow | undefined> {
    return (await this.ask((reader) => reader.get(table, id))) ?? this.original.get(table, id);
  }

  async find(table: string, field: string, value: string): Promise<StoredRow | undefined> {
    const found = await this.ask((reader) => reader.find(table, field, value));
    return found ?? this.original.find(table, field, value);
  }

  page(table: string, query: PageQuery): Promise<readonly StoredRow[]> {
    return this.ask((reader) => reader.page(table, query));
  }

  taggings(query: TaggingQuery): Promise<readonly Tagging[]> {
    return this.ask((reader) => reader.taggings(query));
  }
}
