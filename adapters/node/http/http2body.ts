import type { Http2Stream } from "node:http2";

import type { BodySink, BodyStream } from "../../../core/index.ts";
import { plainFields } from "./http2fields.ts";

/** The body that arrives on an HTTP/2 stream. */
export class Http2Body implements BodyStream {
  readonly lengthBytes: number | undefined;
  private readonly stream: Http2Stream;
  private readonly maxBytes: number;
  private readonly tooLarge: () => void;
  private received = 0;
  private sink: BodySink | undefined = undefined;
  private over = false;
  private trailers: string[] | undefined = undefined;

  constructor(stream: Http2Stream, lengthBytes: number | undefined, maxBytes: number, tooLarge: () => void) {
    this.stream = stream;
    this.lengthBytes = lengthBytes;
    this.maxBytes = maxBytes;
    this.tooLarge = tooLarge;
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
      if (this.received > this.maxBytes) {
        this.tooLarge();
        return;
      }
      if (!sink.chunk(bytes)) stream.pause();
    });
    // Node tells the end of the data before the trailers that came with it.
    stream.on("end", () => setImmediate(() => this.ended()));
    stream.on("error", (error: Error) => this.fail(error));
    stream.on("close", () => setImmediate(() => this.fail(new Error("the stream was closed"))));
    stream.resume();
  }

  private ended(): void {
    if (this.over) return;
    // A reset stream also ends; only END_STREAM completes the body.
    if (this.stream.aborted || this.stream.rstCode !== 0) return this.fail(new Error("the stream was reset"));
    this.over = true;
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
    this.stream.resume();
  }

  fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.sink?.fail(error);
  }
}
