import type { BodyStream } from "../../../core/index.ts";
import { Deadline } from "../http/deadline.ts";
import { enter, leave, putBytes, putText } from "../http/outbox.ts";
import type { Connection } from "./connection.ts";
import type { HeaderBlock } from "./decoder.ts";
import { Http2Error } from "./error.ts";
import { addFields } from "./fields.ts";
import {
  CANCEL,
  DATA,
  DEFAULT_WINDOW,
  END_STREAM,
  FLOW_CONTROL_ERROR,
  MAX_WINDOW,
  PROTOCOL_ERROR,
  STREAM_CLOSED,
  frameHead,
  headersFrames,
} from "./frame.ts";
import { type BodyCarrier, StreamBody } from "./streambody.ts";

/** Bytes that may wait on a stream before somebody wants them. */
const STREAM_WINDOW = DEFAULT_WINDOW;
/** Bytes that may be on their way, or wait for a moment, while somebody takes them: 5 MB/s over 50 ms. */
const FLOWING_WINDOW = 262_144;

const NOTHING = Buffer.alloc(0);

/** One exchange on an HTTP/2 connection, seen from either side. @see RFC 9113 §5 */
export abstract class Stream implements BodyCarrier {
  readonly id: number;
  private readonly link: Connection;
  /** The other side has sent all. */
  inEnded = false;
  /** This side has sent all. */
  outEnded = false;
  closed = false;
  protected inbody: StreamBody | undefined = undefined;
  protected bytesSent = 0;
  protected receivedBytes = 0;
  private sendWindow: number;
  private receiveWindow = STREAM_WINDOW;
  /** Taken bytes that the other side does not know of yet. */
  private taken = 0;
  /** Bytes that the windows have no room for. */
  private rest: Uint8Array = NOTHING;
  private endsWith: string[] | "data" | undefined = undefined;
  private source: BodyStream | undefined = undefined;
  /** Made when sending stops for the first time: few streams ever wait. */
  private sendDeadline: Deadline | undefined = undefined;

  constructor(link: Connection, id: number) {
    this.link = link;
    this.id = id;
    this.sendWindow = link.peerWindow;
  }

  /** Takes a header list: the first, interim ones, or trailers. @throws Http2Error */
  protected abstract head(block: HeaderBlock, ends: boolean): void;
  /** The stream came to its end early. Called once, instead of the ends of both directions. */
  protected abstract broken(error: Error, byPeer: boolean): void;
  /** This side has sent all. */
  protected abstract sent(): void;
  abstract bodyCancelled(): void;
  abstract bodyTimedOut(): void;
  protected abstract get sendTimeoutMs(): number;

  takeHeaders(block: HeaderBlock, ends: boolean): void {
    if (this.inEnded) throw new Http2Error(STREAM_CLOSED, this.id);
    this.head(block, ends);
  }

  /** Trailers, or the end that came with a head. */
  protected endInput(trailers: string[] | undefined): void {
    this.inEnded = true;
    const { inbody } = this;
    if (inbody?.lengthBytes !== undefined && inbody.lengthBytes !== this.receivedBytes)
      throw new Http2Error(PROTOCOL_ERROR, this.id);
    inbody?.finish(trailers);
    this.leaveWhenDone();
  }

  data(bytes: Buffer, flowBytes: number, ends: boolean): void {
    if (this.inEnded) throw new Http2Error(STREAM_CLOSED, this.id);
    this.receiveWindow -= flowBytes;
    if (this.receiveWindow < 0) throw new Http2Error(FLOW_CONTROL_ERROR, this.id);
    const { inbody } = this;
    // RFC 9113 §8.1: content follows a head.
    if (inbody === undefined) throw new Http2Error(PROTOCOL_ERROR, this.id);
    this.receivedBytes += bytes.length;
    if (inbody.lengthBytes !== undefined && this.receivedBytes > inbody.lengthBytes)
      throw new Http2Error(PROTOCOL_ERROR, this.id);
    if (!this.accepts(this.receivedBytes)) return;
    this.bodyTaken(flowBytes - bytes.length);
    if (bytes.length > 0) inbody.push(bytes);
    if (ends && !this.closed) this.endInput(undefined);
  }

  /** Looks at how much has arrived. @returns false when that was too much, and is dealt with. */
  protected accepts(_receivedBytes: number): boolean {
    return true;
  }

  bodyStarted(): void {
    if ((this.inbody?.lengthBytes ?? FLOWING_WINDOW) > STREAM_WINDOW)
      this.bodyTaken(FLOWING_WINDOW - STREAM_WINDOW);
  }

  bodyTaken(bytes: number): void {
    this.taken += bytes;
    if (this.inEnded || this.closed || this.taken * 2 < STREAM_WINDOW) return;
    this.link.grant(this.id, this.taken);
    this.receiveWindow += this.taken;
    this.taken = 0;
  }

  /** Sends name, value, name, value… @param fields Names in lower case, values safe. */
  protected sendHead(fields: readonly string[], ends: boolean): void {
    const block = this.link.encoder.encode(fields);
    this.bytesSent += block.length;
    this.link.send(headersFrames(this.id, block, ends, this.link.maxFrameBytes));
    if (ends) this.ended();
  }

  /** Sends a whole body behind the head. */
  protected sendWhole(bytes: Uint8Array): void {
    this.endsWith = "data";
    this.chunk(bytes);
  }

  /** Lets a body flow out. */
  protected flow(body: BodyStream, sink: Parameters<BodyStream["start"]>[0]): void {
    this.source = body;
    body.start(sink);
  }

  /** Sends a piece of the body, as far as the windows go. The rest is copied and waits. @returns false to ask for a pause. */
  chunk(bytes: Uint8Array): boolean {
    if (this.closed || this.outEnded) return false;
    const { link } = this;
    if (this.rest.length > 0) {
      this.rest = Buffer.concat([this.rest, bytes]);
      return false;
    }
    if (bytes.length === 0 && this.endsWith === undefined) return !link.congested;
    const count = this.push(bytes);
    if (count === bytes.length) {
      if (this.outEnded || !link.congested) return true;
    } else {
      this.rest = Buffer.from(bytes.subarray(count));
      this.awaitRoom();
    }
    link.blocked.add(this);
    return false;
  }

  /** The body is complete. */
  end(trailers: string[] | undefined): void {
    if (this.closed || this.outEnded) return;
    this.source = undefined;
    this.endsWith = trailers ?? "data";
    if (this.rest.length === 0) this.sendEnd();
  }

  /** The windows have grown, or the socket has room. */
  flush(): void {
    if (this.rest.length > 0) {
      const count = this.push(this.rest);
      if (count > 0) this.awaitRoom();
      this.rest = this.rest.subarray(count);
      if (this.rest.length > 0 || this.closed) return;
    }
    if (this.link.congested && this.endsWith === undefined) return;
    this.link.blocked.delete(this);
    this.sendDeadline?.disarm();
    if (this.endsWith !== undefined) this.sendEnd();
    else this.source?.resume();
  }

  private awaitRoom(): void {
    this.sendDeadline ??= new Deadline({ timedOut: () => this.sendTimedOut() });
    this.sendDeadline.arm(this.sendTimeoutMs);
  }

  /** Sends what the windows have room for. @returns Bytes sent. */
  private push(bytes: Uint8Array): number {
    const { link, id } = this;
    const { length } = bytes;
    let at = 0;
    enter();
    do {
      // An empty frame needs no room: it may end a stream whose window is below zero.
      const room =
        length === 0 ? 0 : Math.min(this.sendWindow, link.sendWindow, link.maxFrameBytes, length - at);
      if (room <= 0 && length > 0) break;
      const ends = this.endsWith === "data" && at + room === length;
      putText(link, frameHead(room, DATA, ends ? END_STREAM : 0, id));
      putBytes(link, at === 0 && room === length ? bytes : bytes.subarray(at, at + room));
      at += room;
      this.sendWindow -= room;
      link.sendWindow -= room;
      if (ends) this.ended();
    } while (at < length);
    leave();
    this.bytesSent += at;
    return at;
  }

  private sendEnd(): void {
    if (this.outEnded) return;
    if (this.endsWith === "data") this.push(NOTHING);
    else this.sendHead(addFields([], this.endsWith ?? []), true);
  }

  /** The end is on its way. */
  private ended(): void {
    if (this.outEnded) return;
    this.outEnded = true;
    this.link.blocked.delete(this);
    this.sendDeadline?.disarm();
    this.sent();
    this.leaveWhenDone();
  }

  private leaveWhenDone(): void {
    if (!this.inEnded || !this.outEnded || this.closed) return;
    this.close();
    this.link.left(this, "ended");
  }

  private close(): void {
    this.closed = true;
    this.sendDeadline?.disarm();
    this.link.blocked.delete(this);
    this.rest = NOTHING;
    const { source } = this;
    this.source = undefined;
    source?.cancel();
  }

  /** The other side allows more. @throws Http2Error for more than a window can hold. */
  widen(bytes: number): void {
    this.sendWindow += bytes;
    if (this.sendWindow > MAX_WINDOW) throw new Http2Error(FLOW_CONTROL_ERROR, this.id);
    if (this.rest.length > 0) this.flush();
  }

  /** Ends the stream from this side. */
  abort(code: number, reason?: Error): void {
    if (this.closed) return;
    this.close();
    this.link.sendReset(this, code);
    const error = reason ?? new Http2Error(code, this.id);
    this.inbody?.fail(error);
    this.broken(error, false);
  }

  /** The other side ended the stream, or the connection is gone. */
  cut(error: Error): void {
    if (this.closed) return;
    this.close();
    this.link.left(this, "cut");
    this.inbody?.fail(error);
    this.broken(error, true);
  }

  /** The peer gave no room in time. */
  protected sendTimedOut(): void {
    enter();
    this.abort(CANCEL, new Error("the other side takes nothing"));
    leave();
  }
}
