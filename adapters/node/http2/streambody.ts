import type { BodySink, BodyStream } from "../../../core/index.ts";
import { Deadline } from "../http/deadline.ts";

/** The stream that a body arrives on. */
export interface BodyCarrier {
  /** Somebody reads the body now. */
  bodyStarted(): void;
  /** Bytes were taken: as many more may come. */
  bodyTaken(bytes: number): void;
  /** The rest is not wanted. */
  bodyCancelled(): void;
  /** Nothing came in time though somebody waits. */
  bodyTimedOut(): void;
}

/** A body that arrives on an HTTP/2 stream; what nobody takes yet waits here, no more than the stream's window. */
export class StreamBody implements BodyStream {
  readonly lengthBytes: number | undefined;
  private readonly carrier: BodyCarrier;
  private readonly timeoutMs: number;
  private readonly deadline: Deadline;
  private sink: BodySink | undefined = undefined;
  private waiting: Buffer[] = [];
  private paused = true;
  private complete = false;
  private trailers: string[] | undefined = undefined;
  private over = false;

  /** @param timeoutMs Milliseconds between two pieces while somebody wants them; 0 for any time. */
  constructor(carrier: BodyCarrier, lengthBytes: number | undefined, timeoutMs: number) {
    this.carrier = carrier;
    this.lengthBytes = lengthBytes;
    this.timeoutMs = timeoutMs;
    this.deadline = new Deadline(this);
  }

  start(sink: BodySink): void {
    if (this.sink !== undefined) throw new TypeError("the body was already started");
    this.sink = sink;
    if (this.over) return sink.fail(new Error("the body is gone"));
    this.carrier.bodyStarted();
    this.resume();
  }

  resume(): void {
    if (this.over || this.sink === undefined) return;
    this.paused = false;
    this.deadline.arm(this.complete ? 0 : this.timeoutMs);
    while (!this.paused && this.waiting.length > 0) this.give(this.waiting.shift()!);
    this.settle();
  }

  /** Bytes arrived. They are copied if they have to wait. */
  push(bytes: Buffer): void {
    if (this.over) this.carrier.bodyTaken(bytes.length);
    else if (this.paused || this.waiting.length > 0) this.waiting.push(Buffer.from(bytes));
    else {
      this.deadline.arm(this.timeoutMs);
      this.give(bytes);
    }
  }

  private give(bytes: Buffer): void {
    if (!this.sink!.chunk(bytes)) {
      this.paused = true;
      this.deadline.disarm();
    }
    this.carrier.bodyTaken(bytes.length);
  }

  /** The last byte was pushed. */
  finish(trailers: string[] | undefined): void {
    this.complete = true;
    this.trailers = trailers;
    this.deadline.disarm();
    this.settle();
  }

  /** The end needs no room: it is told even to a sink that asked for a pause. */
  private settle(): void {
    if (!this.complete || this.over || this.sink === undefined || this.waiting.length > 0) return;
    this.over = true;
    this.sink.end(this.trailers);
  }

  cancel(): void {
    if (this.over) return;
    this.drop();
    this.carrier.bodyCancelled();
  }

  /** Ends without telling anybody. */
  private drop(): void {
    this.over = true;
    this.deadline.disarm();
    for (const bytes of this.waiting.splice(0)) this.carrier.bodyTaken(bytes.length);
  }

  /** The rest won't come. A body that is complete stays what it is. */
  fail(error: Error): void {
    if (this.over || this.complete) return;
    this.drop();
    this.sink?.fail(error);
  }

  timedOut(): void {
    this.carrier.bodyTimedOut();
  }
}
