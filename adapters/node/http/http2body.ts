import type { Http2Stream } from "node:http2";

import type { BodySink, BodyStream } from "../../../core/index.ts";
import { Deadline } from "./deadline.ts";
import { plainFields } from "./http2fields.ts";

/** What a body may cost. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Milliseconds between two pieces while somebody wants them; 0 for any time. */
  readonly timeoutMs: number;
  readonly tooLarge: () => void;
  readonly tooSlow: () => void;
}

/** The body that arrives on an HTTP/2 stream. */
export class Http2Body implements BodyStream {
  readonly lengthBytes: number | undefined;
  private readonly stream: Http2Stream;
  private readonly limits: BodyLimits | undefined;
  private readonly deadline: Deadline;
  private received = 0;
  private sink: BodySink | undefined = undefined;
  private over = false;
  private trailers: string[] | undefined = undefined;

  constructor(stream: Http2Stream, lengthBytes: number | undefined, limits?: BodyLimits) {
    this.stream = stream;
    this.lengthBytes = lengthBytes;
    this.limits = limits;
    this.deadline = new Deadline(this);
    stream.pause();
    stream.on("trailers", (_fields, _flags, raw?: string[]) => {
      if (raw !== undefined) this.trailers = plainFields(raw);
    });
  }

  start(sink: BodySink): void {
    if (this.sink !== undefined) throw new TypeError("the body was already started");
    this.sink = sink;
    const { stream } = this;
    if (stream.destroyed && !stream.readableEnded && stream.readableLength === 0)
      return this.fail(new Error("the stream is gone"));
    stream.on("data", (bytes: Buffer) => {
      if (this.over) return;
      this.received += bytes.length;
      const { limits } = this;
      if (limits !== undefined) {
        if (this.received > limits.maxBytes) return limits.tooLarge();
        this.deadline.arm(limits.timeoutMs);
      }
      if (!sink.chunk(bytes)) stream.pause();
    });
    // Node tells the end of the data before the trailers that came with it.
    stream.on("end", () => setImmediate(() => this.ended()));
    stream.on("error", (error: Error) => this.fail(error));
    stream.on("close", () => setImmediate(() => this.fail(new Error("the stream was closed"))));
    this.deadline.arm(this.limits?.timeoutMs ?? 0);
    stream.resume();
  }

  timedOut(): void {
    if (this.over || this.limits === undefined) return;
    if (this.waits) this.deadline.arm(this.limits.timeoutMs);
    else this.limits.tooSlow();
  }

  private ended(): void {
    if (this.over) return;
    // A reset stream also ends; only END_STREAM completes the body.
    if (this.stream.aborted || this.stream.rstCode !== 0) return this.fail(new Error("the stream was reset"));
    this.over = true;
    this.deadline.disarm();
    this.sink?.end(this.trailers === undefined || this.trailers.length === 0 ? undefined : this.trailers);
  }

  /** True while nobody reads. */
  get waits(): boolean {
    return !this.over && this.stream.isPaused();
  }

  resume(): void {
    if (!this.over) this.stream.resume();
  }

  cancel(): void {
    this.over = true;
    this.deadline.disarm();
    this.stream.resume();
  }

  fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.deadline.disarm();
    this.sink?.fail(error);
  }
}
