import type { Fetcher, FetcherAnswer, FetcherRequest } from "../../core/index.ts";

/** Keeps every request; answers are 200 unless told otherwise. */
export class MemoryFetcher implements Fetcher {
  readonly sent: FetcherRequest[] = [];
  /** Statuses of the next answers; `undefined` fails without one. */
  readonly answers: (number | undefined)[] = [];

  /** Whole answers to {@link ask}; without one it fails. */
  readonly replies: FetcherAnswer[] = [];

  ask(request: FetcherRequest, maxBytes: number): Promise<FetcherAnswer> {
    this.sent.push(request);
    const reply = this.replies.shift();
    return reply === undefined || reply.body.byteLength > maxBytes
      ? Promise.reject(new Error("connection refused"))
      : Promise.resolve(reply);
  }

  send(request: FetcherRequest): Promise<{ status: number }> {
    this.sent.push(request);
    const status = this.answers.length > 0 ? this.answers.shift() : 200;
    return status === undefined
      ? Promise.reject(new Error("connection refused"))
      : Promise.resolve({ status });
  }
}
