import type { Records, Row } from "../core/index.ts";

/** A worker asks its master, who alone writes to the database and then brings the change to all workers. */
export type RecordsCall =
  | { readonly method: "find"; readonly given: Parameters<Records["find"]> }
  | { readonly method: "list"; readonly given: Parameters<Records["list"]> }
  | { readonly method: "insert"; readonly given: Parameters<Records["insert"]> }
  | { readonly method: "update"; readonly given: Parameters<Records["update"]> }
  | { readonly method: "remove"; readonly given: Parameters<Records["remove"]> };

export type RecordsAnswer =
  | { readonly ok: true; readonly value: Row | readonly Row[] | boolean | undefined }
  | { readonly ok: false; readonly problem: string };

/** What the master answers. */
export const answerRecords = async (records: Records, call: RecordsCall): Promise<RecordsAnswer> => {
  const run = (): Promise<Row | readonly Row[] | boolean | undefined> => {
    switch (call.method) {
      case "find":
        return records.find(...call.given);
      case "list":
        return records.list(...call.given);
      case "insert":
        return records.insert(...call.given);
      case "update":
        return records.update(...call.given);
      case "remove":
        return records.remove(...call.given);
    }
  };
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
};

/** The records of the node, as a worker reaches them. */
export class RemoteRecords implements Records {
  readonly isWritable: boolean;
  private readonly send: (id: number, call: RecordsCall) => void;
  private readonly waiting = new Map<number, (answer: RecordsAnswer) => void>();
  private lastId = 0;

  constructor(isWritable: boolean, send: (id: number, call: RecordsCall) => void) {
    this.isWritable = isWritable;
    this.send = send;
  }

  /** An answer came. */
  settle(id: number, answer: RecordsAnswer): void {
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }

  find(...given: Parameters<Records["find"]>): Promise<Row | undefined> {
    return this.ask({ method: "find", given });
  }

  list(...given: Parameters<Records["list"]>): Promise<readonly Row[]> {
    return this.ask({ method: "list", given });
  }

  insert(...given: Parameters<Records["insert"]>): Promise<Row> {
    return this.ask({ method: "insert", given });
  }

  update(...given: Parameters<Records["update"]>): Promise<Row | undefined> {
    return this.ask({ method: "update", given });
  }

  remove(...given: Parameters<Records["remove"]>): Promise<boolean> {
    return this.ask({ method: "remove", given });
  }

  private ask<T extends Row | readonly Row[] | boolean | undefined>(call: RecordsCall): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.waiting.set(id, (answer) => {
        if (answer.ok) resolve(answer.value as T);
        else reject(new Error(answer.problem));
      });
      this.send(id, call);
    });
  }
}
