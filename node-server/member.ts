import type { Worker } from "node:worker_threads";
import { serverOn } from "../adapters/node/index.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { GivenSocket } from "./socketsource.ts";

/** A worker whose event loop stood still this long is replaced. */
const hangMs = 15_000;

/** One worker thread, as its master sees it. */
export class Member {
  readonly number: number;
  readonly thread: Worker;
  readonly startedAt = performance.now();
  version = 0;
  isListening = false;
  isGone = false;
  /** What it died of. */
  error: unknown;
  private readonly heartbeat: Int32Array;
  private lastBeat = 0;
  private lastBeatAt = performance.now();
  private readonly waiting: {
    accepts: (message: FromWorker) => boolean;
    settle: (message: FromWorker | undefined) => void;
  }[] = [];

  constructor(number: number, thread: Worker, heartbeat: Int32Array) {
    this.number = number;
    this.thread = thread;
    this.heartbeat = heartbeat;
    thread.on("message", (message: FromWorker) => {
      const at = this.waiting.findIndex(({ accepts }) => accepts(message));
      if (at >= 0) this.waiting.splice(at, 1)[0]!.settle(message);
    });
    thread.once("exit", () => {
      this.isGone = true;
      for (const { settle } of this.waiting.splice(0)) settle(undefined);
    });
  }

  get isHung(): boolean {
    const beat = Atomics.load(this.heartbeat, 0);
    if (beat !== this.lastBeat) {
      this.lastBeat = beat;
      this.lastBeatAt = performance.now();
    }
    return performance.now() - this.lastBeatAt > hangMs;
  }

  send(message: ToWorker): void {
    if (!this.isGone) this.thread.postMessage(message);
  }

  /** Listening servers move to the thread. */
  listen(sockets: readonly GivenSocket[]): void {
    if (this.isGone) return;
    const servers = sockets.map(({ address, socket, backlog }) => ({
      address,
      // It listens and moves in the same turn: nothing is accepted here.
      server: serverOn(socket, backlog),
    }));
    const message: ToWorker = { type: "listen", servers };
    // Node can move a listening server; its types do not know.
    this.thread.postMessage(message, servers.map(({ server }) => server) as never);
  }

  /** The next message of that type that fits; undefined when the worker is gone before. */
  next<T extends FromWorker["type"]>(
    type: T,
    fits: (message: Extract<FromWorker, { type: T }>) => boolean = () => true,
  ): Promise<Extract<FromWorker, { type: T }> | undefined> {
    return new Promise((resolve) => {
      if (this.isGone) resolve(undefined);
      else
        this.waiting.push({
          accepts: (message) => message.type === type && fits(message as Extract<FromWorker, { type: T }>),
          settle: (message) => resolve(message as Extract<FromWorker, { type: T }> | undefined),
        });
    });
  }
}
