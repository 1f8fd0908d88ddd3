import type { Socket } from "node:net";

import { enter, leave } from "../http/outbox.ts";
import type { Http2Call } from "./call.ts";
import { CONNECTION_WINDOW, Connection } from "./connection.ts";
import { Http2Error } from "./error.ts";
import {
  DEFAULT_WINDOW,
  MAX_WINDOW,
  NO_ERROR,
  PREFACE,
  PROTOCOL_ERROR,
  REFUSED_STREAM,
  SETTING,
  goawayFrame,
  settingsFrame,
  windowFrame,
} from "./frame.ts";
import type { Ending } from "./past.ts";
import type { Http2Pool } from "./pool.ts";
import type { Stream } from "./stream.ts";

/** Streams on one connection before another is opened, when the upstream names no limit. */
const MAX_STREAMS = 100;

const responseLimits = { maxHeadBytes: 61_440, maxFields: 1_000 };

/** An HTTP/2 connection to an upstream. */
export class UpstreamConnection extends Connection {
  readonly isEncrypted: boolean;
  private readonly pool: Http2Pool;
  private readonly waiting = new Set<Http2Call>();
  private isReached = false;
  private ready = false;
  /** The upstream takes no further streams. */
  private leaving = false;
  private maxStreams = MAX_STREAMS;
  private nextStream = 1;
  /** Calls that have their stream, or wait for it. */
  private calls = 0;

  constructor(socket: Socket, pool: Http2Pool, isEncrypted: boolean) {
    super(socket, responseLimits);
    this.pool = pool;
    this.isEncrypted = isEncrypted;
  }

  get hasRoom(): boolean {
    return !this.closed && !this.isFailed && !this.leaving && this.calls < this.maxStreams;
  }

  protected get frameTimeoutMs(): number {
    // Each call has its own time.
    return 0;
  }

  protected get idleMs(): number {
    return this.pool.idleMs;
  }

  /** TCP is connected, and TLS begins. */
  reached(): void {
    this.isReached = true;
  }

  /** The connection is made, TLS included. */
  connected(): void {
    if (this.closed) return;
    this.ready = true;
    enter();
    this.send(
      PREFACE + settingsFrame([SETTING.enablePush, 0]) + windowFrame(0, CONNECTION_WINDOW - DEFAULT_WINDOW),
    );
    for (const call of this.waiting) call.begin(this);
    this.waiting.clear();
    this.rest();
    leave();
  }

  /** Takes a call, now or when the connection is made. */
  take(call: Http2Call): void {
    this.calls++;
    this.deadline.disarm();
    if (!this.ready) this.waiting.add(call);
    else {
      enter();
      call.begin(this);
      leave();
    }
  }

  /** A call that is not going to begin. */
  drop(call: Http2Call): void {
    if (!this.waiting.delete(call)) return;
    this.calls--;
    if (this.calls === 0 && !this.ready) this.destroy();
  }

  /** Keeps a new stream. @returns Its number. */
  nextId(): number {
    const id = this.nextStream;
    this.nextStream += 2;
    if (this.nextStream > MAX_WINDOW) this.leaving = true;
    return id;
  }

  override left(stream: Stream, ending: Ending): void {
    this.calls--;
    super.left(stream, ending);
  }

  protected readPreface(): boolean {
    return true;
  }

  protected isIdle(streamId: number): boolean {
    return streamId % 2 === 0 || streamId >= this.nextStream;
  }

  protected begin(): void {
    throw new Http2Error(PROTOCOL_ERROR);
  }

  override setting(id: number, value: number): void {
    // RFC 9113 §6.5.2: only clients choose whether they are pushed to.
    if (id === SETTING.enablePush && value !== 0) throw new Http2Error(PROTOCOL_ERROR);
    if (id === SETTING.maxConcurrentStreams) this.maxStreams = Math.min(value, MAX_STREAMS);
    super.setting(id, value);
  }

  protected ponged(): void {}

  goaway(lastStreamId: number): void {
    this.leaving = true;
    // RFC 9113 §6.8: those beyond were not looked at.
    const refused = new Http2Error(REFUSED_STREAM, lastStreamId);
    for (const stream of [...this.streams.values()]) if (stream.id > lastStreamId) stream.cut(refused);
    if (this.streams.size === 0) this.retire(false);
  }

  protected idled(): void {
    if (this.leaving || this.pool.isClosed) this.retire(false);
  }

  retire(force: boolean): void {
    if (force) return this.destroy();
    if (this.isFailed || this.closed || this.calls > 0) return;
    this.send(goawayFrame(0, NO_ERROR));
    this.farewell(new Error("the connection was closed"));
  }

  protected override gone(error: Error | undefined): void {
    this.pool.forget(this);
    for (const call of this.waiting) call.notConnected(this.isReached, error);
    this.waiting.clear();
    super.gone(error ?? new Error("the upstream closed the connection"));
  }
}
