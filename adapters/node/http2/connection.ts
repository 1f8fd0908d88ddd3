import type { Socket } from "node:net";

import { enter, flush, leave, putText } from "../http/outbox.ts";
import { Wire } from "../http/wire.ts";
import type { HeaderBlock, ListLimits } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { Http2Error } from "./error.ts";
import {
  ACK,
  DEFAULT_WINDOW,
  FLOW_CONTROL_ERROR,
  MAX_MAX_FRAME_BYTES,
  MAX_WINDOW,
  MIN_MAX_FRAME_BYTES,
  PROTOCOL_ERROR,
  SETTING,
  STREAM_CLOSED,
  goawayFrame,
  pingFrame,
  resetFrame,
  settingsAck,
  windowFrame,
} from "./frame.ts";
import { type Ending, Past } from "./past.ts";
import { type FrameSink, FrameReader } from "./reader.ts";
import type { Stream } from "./stream.ts";

/**
 * Bytes that may arrive on the connection before the other side hears that they did. It hears so at once, whoever
 * takes them: one stream that nobody reads must not hold up the others. Memory is bounded by the streams' windows.
 */
export const CONNECTION_WINDOW = 16_777_216;

/** Frames larger than this would only keep other streams waiting. */
const MAX_SENT_FRAME_BYTES = 65_536;

/** Answers to pings and settings that may wait for a peer that does not read. */
const MAX_UNREAD_ANSWERS = 1_000;

/** Milliseconds in which the peer may read why its connection ends. */
const FAREWELL_MS = 1_000;

/** An HTTP/2 connection, of a client or to an upstream. @see RFC 9113 */
export abstract class Connection extends Wire implements FrameSink {
  readonly streams = new Map<number, Stream>();
  /** Streams that wait for room, first come first served. */
  readonly blocked = new Set<Stream>();
  /** Bytes of data that the other side takes: on the connection now, and on each new stream. */
  sendWindow = DEFAULT_WINDOW;
  peerWindow = DEFAULT_WINDOW;
  /** Payload of a frame that the other side takes. */
  maxFrameBytes = MIN_MAX_FRAME_BYTES;
  readonly encoder = new Encoder();
  /** The highest stream that the other side began. */
  protected lastPeerStream = 0;
  /** An error ended the connection; the peer may still read which. */
  private failed = false;
  private readonly reader: FrameReader;
  protected readonly past = new Past();
  private receiveWindow = CONNECTION_WINDOW;
  private unreadAnswers = 0;
  /** A frame or header block has begun and is not complete. */
  private partial = false;

  constructor(socket: Socket, limits: ListLimits) {
    super(socket);
    this.reader = new FrameReader(this, limits);
  }

  /** A header list on a new stream. @throws Http2Error */
  protected abstract begin(streamId: number, block: HeaderBlock, ends: boolean): void;
  /** True for streams that nobody has begun. */
  protected abstract isIdle(streamId: number): boolean;
  /** Takes what comes before the first frame. @returns false when it is not complete. */
  protected abstract readPreface(): boolean;
  /** The last stream is over. */
  protected abstract idled(): void;
  abstract goaway(lastStreamId: number, code: number): void;
  /** An answer to our ping. */
  protected abstract ponged(): void;
  /** Milliseconds in which a frame or header block that has begun has to be complete. */
  protected abstract get frameTimeoutMs(): number;
  /** Milliseconds that the connection may be without a stream. */
  protected abstract get idleMs(): number;

  protected advance(): void {
    if (this.failed) this.at = this.end;
    else if (this.readPreface()) this.readFrames();
    this.guard();
  }

  private readFrames(): void {
    while (!this.failed && !this.closed) {
      try {
        const { bytes, at } = this;
        const next = this.reader.read(bytes, at, this.end);
        if (next === at) return;
        this.at = next;
        this.reader.tell(bytes, at, next);
      } catch (error) {
        if (!(error instanceof Http2Error)) throw error;
        if (error.streamId === 0) return this.fail(error.code);
        this.streamFailed(error);
      }
    }
  }

  /** Sees to it that what has begun goes on. */
  private guard(): void {
    if (this.failed || this.closed) return;
    const partial = this.at < this.end || this.reader.inBlock;
    if (partial === this.partial) return;
    this.partial = partial;
    if (partial) this.deadline.arm(this.frameTimeoutMs);
    else this.rest();
  }

  /** Arms the deadline of an idle connection, or lifts it. */
  protected rest(): void {
    if (!this.failed && !this.partial) this.deadline.arm(this.streams.size === 0 ? this.idleMs : 0);
  }

  private streamFailed({ streamId, code }: Http2Error): void {
    const stream = this.streams.get(streamId);
    if (stream !== undefined) return stream.abort(code);
    this.answer(resetFrame(streamId, code));
  }

  /** Ends the connection for an error of the other side. */
  protected fail(code: number): void {
    if (this.failed || this.closed) return;
    this.send(goawayFrame(this.lastPeerStream, code));
    this.farewell(new Http2Error(code));
  }

  /** Sends what is left, and takes nothing more. */
  protected farewell(reason: Error): void {
    this.failed = true;
    this.at = this.end;
    this.cutAll(reason);
    if (this.ended) return this.closeSoon();
    flush();
    this.sendHeld();
    this.socket.end();
    this.deadline.arm(FAREWELL_MS);
  }

  private cutAll(reason: Error): void {
    for (const stream of [...this.streams.values()]) stream.cut(reason);
  }

  get isFailed(): boolean {
    return this.failed;
  }

  timedOut(): void {
    if (this.failed || this.partial) return this.destroy();
    if (this.streams.size === 0) this.retire(false);
  }

  abstract retire(force: boolean): void;

  protected inputEnded(): void {
    this.destroy();
  }

  protected gone(error: Error | undefined): void {
    this.cutAll(error ?? new Error("the connection was closed"));
  }

  sendTimedOut(): void {
    this.destroy();
  }

  protected drained(): void {
    this.unreadAnswers = 0;
    this.unblock();
  }

  private unblock(): void {
    for (const stream of [...this.blocked]) stream.flush();
  }

  send(text: string): void {
    if (this.failed || this.closed) return;
    enter();
    putText(this, text);
    leave();
  }

  /** Sends what the other side can make us send. */
  private answer(text: string): void {
    if (this.congested && ++this.unreadAnswers > MAX_UNREAD_ANSWERS) return this.destroy();
    this.send(text);
  }

  /** Allows a stream more. */
  grant(streamId: number, bytes: number): void {
    this.send(windowFrame(streamId, bytes));
  }

  sendReset(stream: Stream, code: number): void {
    this.send(resetFrame(stream.id, code));
    this.left(stream, "reset");
  }

  left(stream: Stream, ending: Ending): void {
    this.streams.delete(stream.id);
    this.past.add(stream.id, ending);
    if (this.streams.size > 0) return;
    this.rest();
    if (!this.failed && !this.closed) this.idled();
  }

  headers(streamId: number, block: HeaderBlock, ends: boolean): void {
    const stream = this.streams.get(streamId);
    if (stream !== undefined) stream.takeHeaders(block, ends);
    else if (this.isIdle(streamId)) this.begin(streamId, block, ends);
    // RFC 9113 §5.1.1: a stream that was passed over can't begin any more.
    else if (this.past.endingOf(streamId) !== undefined) this.stray(streamId);
    else throw new Http2Error(PROTOCOL_ERROR);
  }

  data(streamId: number, bytes: Buffer, flowBytes: number, ends: boolean): void {
    this.receiveWindow -= flowBytes;
    if (this.receiveWindow < 0) throw new Http2Error(FLOW_CONTROL_ERROR);
    if (this.receiveWindow * 2 < CONNECTION_WINDOW) {
      this.send(windowFrame(0, CONNECTION_WINDOW - this.receiveWindow));
      this.receiveWindow = CONNECTION_WINDOW;
    }
    const stream = this.streams.get(streamId);
    if (stream === undefined) this.stray(streamId);
    else stream.data(bytes, flowBytes, ends);
  }

  /** A frame for a stream that is over. */
  private stray(streamId: number): void {
    if (this.isIdle(streamId)) throw new Http2Error(PROTOCOL_ERROR);
    const ending = this.past.endingOf(streamId);
    // It was on its way when the stream was reset.
    if (ending === "reset") return;
    throw new Http2Error(STREAM_CLOSED, ending === "ended" ? 0 : streamId);
  }

  reset(streamId: number, code: number): void {
    const stream = this.streams.get(streamId);
    if (stream !== undefined) {
      this.past.countCut();
      stream.cut(new Http2Error(code, streamId));
    } else if (this.isIdle(streamId)) throw new Http2Error(PROTOCOL_ERROR);
  }

  setting(id: number, value: number): void {
    if (id === SETTING.enablePush && value > 1) throw new Http2Error(PROTOCOL_ERROR);
    if (id === SETTING.headerTableSize) this.encoder.resize(value);
    if (id === SETTING.initialWindowSize) this.resizeWindows(value);
    if (id === SETTING.maxFrameSize) {
      if (value < MIN_MAX_FRAME_BYTES || value > MAX_MAX_FRAME_BYTES) throw new Http2Error(PROTOCOL_ERROR);
      this.maxFrameBytes = Math.min(value, MAX_SENT_FRAME_BYTES);
    }
  }

  private resizeWindows(bytes: number): void {
    if (bytes > MAX_WINDOW) throw new Http2Error(FLOW_CONTROL_ERROR);
    const change = bytes - this.peerWindow;
    this.peerWindow = bytes;
    try {
      for (const stream of [...this.streams.values()]) stream.widen(change);
    } catch (error) {
      // RFC 9113 §6.9.2: this time the connection is at fault.
      throw error instanceof Http2Error ? new Http2Error(error.code) : error;
    }
  }

  settled(): void {
    this.answer(settingsAck);
  }

  ping(isAck: boolean, payload: string): void {
    if (isAck) this.ponged();
    else this.answer(pingFrame(ACK, payload));
  }

  window(streamId: number, bytes: number): void {
    if (streamId === 0) {
      this.sendWindow += bytes;
      if (this.sendWindow > MAX_WINDOW) throw new Http2Error(FLOW_CONTROL_ERROR);
      return this.unblock();
    }
    const stream = this.streams.get(streamId);
    if (stream !== undefined) stream.widen(bytes);
    else if (this.isIdle(streamId)) throw new Http2Error(PROTOCOL_ERROR);
  }
}
