import type { BodySink, BodyStream } from "../../../core/index.ts";
import { BAD, type BodyReader, DATA, END } from "../../http1/index.ts";
import type { Wire } from "./wire.ts";

/** The connection that a body arrives on. */
export interface BodyCarrier extends Wire {
  /** Somebody wants the body now. */
  bodyStarted(): void;
  /** The body was read to its end; what follows it is unread. The sink is told afterwards. */
  bodyEnded(): void;
  /** The bytes are no body. The sink is told afterwards unless it cancelled. */
  bodyBroken(): void;
  /** More than the allowed bytes came. */
  bodyTooLarge(): void;
  /** The rest is not wanted. */
  bodyCancelled(): void;
  /** The body wants more, and nothing will come. */
  bodyStarved(): void;
}

const IDLE = 0;
const FLOWING = 1;
const PAUSED = 2;
/** Nobody wants the rest, yet it has to be read to keep the connection. */
const DISCARDING = 3;
const OVER = 4;

/** A body on its way in, read from a connection by its framing. */
export class Inflow implements BodyStream {
  readonly lengthBytes: number | undefined;
  private readonly carrier: BodyCarrier;
  private readonly reader: BodyReader;
  private readonly maxBytes: number;
  private received = 0;
  private sink: BodySink | undefined = undefined;
  private state = IDLE;

  constructor(carrier: BodyCarrier, reader: BodyReader, lengthBytes: number | undefined, maxBytes: number) {
    this.carrier = carrier;
    this.reader = reader;
    this.lengthBytes = lengthBytes;
    this.maxBytes = maxBytes;
  }

  /** True once the body was read to its end, given up or broken. */
  get over(): boolean {
    return this.state === OVER;
  }

  /** Nobody has said yet what to do with it. */
  get idle(): boolean {
    return this.state === IDLE;
  }

  get started(): boolean {
    return this.sink !== undefined;
  }

  start(sink: BodySink): void {
    if (this.sink !== undefined) throw new TypeError("the body was already started");
    this.sink = sink;
    if (this.state !== IDLE) {
      if (this.state === OVER) sink.fail(new Error("the body is gone"));
      return;
    }
    this.state = FLOWING;
    this.carrier.bodyStarted();
    this.pump();
  }

  resume(): void {
    if (this.state !== PAUSED) return;
    this.state = FLOWING;
    this.pump();
  }

  cancel(): void {
    if (this.state === OVER || this.state === DISCARDING) return;
    this.state = DISCARDING;
    this.carrier.bodyCancelled();
  }

  /** Waits for the sink. */
  get paused(): boolean {
    return this.state === PAUSED;
  }

  /** Reads the rest without telling anybody. */
  discard(): void {
    if (this.state === OVER) return;
    this.state = DISCARDING;
    this.pump();
  }

  /** Ends without telling anybody. */
  drop(): void {
    this.state = OVER;
  }

  /** Ends the body from the side of the connection. @param complete A body delimited by the end of the connection. */
  cut(error: Error | undefined): void {
    if (this.state === OVER) return;
    const tell = this.state !== DISCARDING;
    this.state = OVER;
    if (!tell) return;
    if (error === undefined) this.sink?.end(undefined);
    else this.sink?.fail(error);
  }

  /** Takes from the connection what belongs to the body. */
  pump(): void {
    const { carrier, reader } = this;
    while (this.state === FLOWING || this.state === DISCARDING) {
      const kind = reader.next(carrier.bytes, carrier.at, carrier.end);
      carrier.at = reader.to;
      if (kind === DATA) {
        this.received += reader.to - reader.from;
        if (this.received > this.maxBytes) return carrier.bodyTooLarge();
        if (this.state === DISCARDING) continue;
        const more = this.sink!.chunk(carrier.bytes.subarray(reader.from, reader.to));
        // The end needs no room: telling it now frees the connection that the body came on.
        if (!more && !reader.finished && this.state === FLOWING) {
          this.state = PAUSED;
          carrier.pause();
        }
      } else if (kind === END) {
        const tell = this.state === FLOWING;
        this.state = OVER;
        carrier.bodyEnded();
        if (tell) this.sink!.end(reader.trailers);
      } else if (kind === BAD) {
        carrier.at = carrier.end;
        return carrier.bodyBroken();
      } else if (carrier.ended) {
        return carrier.bodyStarved();
      } else {
        carrier.resume();
        return;
      }
    }
  }
}
