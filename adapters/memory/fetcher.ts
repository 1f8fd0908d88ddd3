import type { Fetcher, FetcherRequest } from "../../core/index.ts";

/** Keeps every request; answers are 200 unless told otherwise. */
export class MemoryFetcher implements Fetcher {
  readonly sent: FetcherRequest[] = [];
  /** Statuses of the next answers; `undefined` fails without one. */
  readonly answers: (number | undefined)[] = [];

  send(request: FetcherRequest): Promise<{ status: number }> {
    this.sent.push(request);
    const status = this.answers.length > 0 ? this.answers.shift() : 200;
    return status === undefined
      ? Promise.reject(new Error("connection refused"))
      : Promise.resolve({ status });
  }
}
