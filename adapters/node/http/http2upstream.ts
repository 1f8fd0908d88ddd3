import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
} from "node:http2";
import { type Socket, connect } from "node:net";

import type {
  BodySink,
  UpstreamAddress,
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamListener,
  UpstreamRequest,
} from "../../../core/index.ts";
import { connectFailure, isTlsError } from "./call.ts";
import { Deadline } from "./deadline.ts";
import { Http2Body } from "./http2body.ts";
import { plainFields, pseudo, toHttp2Fields } from "./http2fields.ts";
import { enter, leave } from "./outbox.ts";
import { withAddress } from "./pool.ts";
import type { Resolve } from "./resolve.ts";
import { safeValue, safeWord } from "./serialise.ts";
import { TlsDialer } from "./upstreamtls.ts";

/** Streams on one connection before another is opened, when the upstream names no limit. */
const MAX_STREAMS = 100;

class Session {
  readonly raw: ClientHttp2Session;
  readonly socket: Socket;
  readonly deadline: Deadline;
  streams = 0;
  ready = false;
  reached = false;

  constructor(raw: ClientHttp2Session, socket: Socket) {
    this.raw = raw;
    this.socket = socket;
    this.deadline = new Deadline(this);
  }

  timedOut(): void {
    this.raw.close();
  }

  get hasRoom(): boolean {
    const limit = this.ready ? (this.raw.remoteSettings.maxConcurrentStreams ?? MAX_STREAMS) : MAX_STREAMS;
    return !this.raw.closed && !this.raw.destroyed && this.streams < Math.min(limit, MAX_STREAMS);
  }
}

/** The HTTP/2 connections to one address with one TLS identity. */
export class Http2Pool {
  private readonly address: UpstreamAddress;
  private readonly resolve: Resolve;
  private readonly idleMs: number;
  private readonly dialer: TlsDialer | undefined;
  private readonly sessions = new Set<Session>();
  private closed = false;

  constructor(address: UpstreamAddress, resolve: Resolve, idleMs: number) {
    this.address = address;
    this.resolve = resolve;
    this.idleMs = idleMs;
    this.dialer = address.tls === undefined ? undefined : new TlsDialer(address.tls, "h2");
  }

  get open(): number {
    return this.sessions.size;
  }

  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const call = new Http2Call(this, request, listener);
    for (const session of this.sessions)
      if (session.hasRoom) {
        call.use(session);
        return call;
      }
    withAddress(
      this.address.host,
      this.resolve,
      (ip) => {
        try {
          call.use(this.dial(ip));
        } catch (error) {
          call.failed(isTlsError(error) ? "tls_failed" : "connect_refused", error);
        }
      },
      (error) => call.failed("name_not_resolved", error),
    );
    return call;
  }

  private dial(ip: string): Session {
    const { port } = this.address;
    const socket =
      this.dialer === undefined ? connect({ host: ip, port, noDelay: true }) : this.dialer.dial(ip, port);
    const scheme = this.dialer === undefined ? "http" : "https";
    const raw = connectHttp2(`${scheme}://upstream.invalid`, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: 65_536 },
    });
    const session = new Session(raw, socket);
    this.sessions.add(session);
    socket.once("connect", () => {
      session.reached = true;
    });
    raw.once("connect", () => {
      session.ready = true;
    });
    raw.on("error", () => {});
    raw.on("goaway", () => raw.close());
    raw.on("close", () => {
      session.deadline.disarm();
      this.sessions.delete(session);
    });
    return session;
  }

  /** A stream of the session is over. */
  left(session: Session): void {
    session.streams--;
    if (session.streams > 0) return;
    if (this.closed) session.raw.close();
    else session.deadline.arm(this.idleMs);
  }

  close(): void {
    this.closed = true;
    for (const session of this.sessions) if (session.streams === 0) session.raw.close();
  }
}

/** One request on a stream. */
class Http2Call implements UpstreamCall, BodySink {
  private readonly pool: Http2Pool;
  private readonly request: UpstreamRequest;
  private readonly listener: UpstreamListener;
  private readonly deadline: Deadline;
  private session: Session | undefined = undefined;
  private stream: ClientHttp2Stream | undefined = undefined;
  private told = false;
  private requestEnded = false;
  private trailers: string[] | undefined = undefined;
  private body: Http2Body | undefined = undefined;
  private error: Error | undefined = undefined;
  private expired: UpstreamFailureCode | undefined = undefined;

  constructor(pool: Http2Pool, request: UpstreamRequest, listener: UpstreamListener) {
    this.pool = pool;
    this.request = request;
    this.listener = listener;
    this.deadline = new Deadline(this);
  }

  use(session: Session): void {
    if (this.told) return;
    this.session = session;
    session.streams++;
    session.deadline.disarm();
    this.deadline.arm(this.request.connectTimeoutMs);
    if (session.ready) return this.begin(session);
    const ready = (): void => {
      session.raw.off("close", gone);
      session.raw.off("error", note);
      if (this.session !== undefined) this.begin(session);
    };
    const note = (error: Error): void => {
      this.error = error;
    };
    const gone = (): void => {
      session.raw.off("connect", ready);
      this.leave();
      this.failed(session.reached ? "tls_failed" : connectFailure(this.error), this.error);
    };
    session.raw.once("connect", ready);
    session.raw.once("error", note);
    session.raw.once("close", gone);
  }

  private begin(session: Session): void {
    const { method, target, headers, body } = this.request;
    const fields = toHttp2Fields(headers, safeValue);
    const { host, ...rest } = fields;
    const authority = typeof host === "string" ? host : "";
    const scheme = "encrypted" in session.raw && session.raw.encrypted === true ? "https" : "http";
    const head: Record<string, string | string[]> = {
      ":method": safeWord(method),
      ":path": safeWord(target),
      ":scheme": scheme,
      ":authority": authority,
      ...rest,
    };
    if (body?.lengthBytes !== undefined) head["content-length"] = String(body.lengthBytes);
    let stream: ClientHttp2Stream;
    try {
      stream = session.raw.request(head, {
        endStream: body === undefined,
        waitForTrailers: body !== undefined,
      });
    } catch (error) {
      this.leave();
      return this.failed("connection_closed", error);
    }
    this.stream = stream;
    stream.on("headers", (_fields, _flags, raw?: string[]) => this.interim(raw ?? []));
    stream.on("response", (_fields, flags, raw?: string[]) => this.answered(flags, raw ?? []));
    stream.on("error", (error: Error) => {
      this.error = error;
    });
    stream.on("close", () => this.closed());
    stream.on("data", () => this.deadline.arm(this.request.readTimeoutMs));
    stream.pause();
    stream.on("wantTrailers", () =>
      stream.sendTrailers(this.trailers === undefined ? {} : toHttp2Fields(this.trailers, safeValue)),
    );
    stream.on("drain", () => {
      this.deadline.disarm();
      enter();
      body?.resume();
      leave();
    });
    this.deadline.disarm();
    if (body === undefined) this.requestComplete();
    else body.start(this);
  }

  private requestComplete(): void {
    this.requestEnded = true;
    this.deadline.arm(this.request.readTimeoutMs);
  }

  private interim(raw: string[]): void {
    const status = Number(pseudo(raw, ":status"));
    if (!this.told && status > 100) this.listener.informed(status, plainFields(raw));
  }

  private answered(flags: number, raw: string[]): void {
    if (this.told) return;
    const stream = this.stream!;
    this.told = true;
    const headers = plainFields(raw);
    const status = Number(pseudo(raw, ":status"));
    const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    let length: number | undefined;
    for (let i = 0; i < headers.length; i += 2)
      if (headers[i] === "content-length") length = Number(headers[i + 1]);
    if (ended) {
      this.deadline.disarm();
      stream.resume();
    } else this.body = new Http2Body(stream, length);
    enter();
    this.listener.responded({
      status,
      reason: "",
      httpVersion: "2",
      headers,
      body: this.body,
      tunnel: undefined,
    });
    leave();
  }

  chunk(bytes: Uint8Array): boolean {
    const { stream } = this;
    if (stream === undefined || stream.destroyed || stream.closed) return false;
    const room = stream.write(Buffer.from(bytes));
    if (!room) this.deadline.arm(this.request.writeTimeoutMs);
    return room;
  }

  end(trailers: string[] | undefined): void {
    this.trailers = trailers;
    this.stream?.end();
    this.requestComplete();
  }

  fail(error: Error): void {
    this.stream?.close(constants.NGHTTP2_CANCEL);
    this.failed("not_possible", error);
  }

  timedOut(): void {
    const { stream, session } = this;
    if (stream === undefined) {
      this.failed("connect_timeout", new Error("connecting took too long"));
      session?.raw.destroy();
      this.leave();
      return;
    }
    if (this.body?.waits === true) return this.deadline.arm(this.request.readTimeoutMs);
    this.expired = this.requestEnded ? "read_timeout" : "write_timeout";
    stream.close(constants.NGHTTP2_CANCEL);
  }

  cancel(): void {
    this.told = true;
    if (!this.requestEnded) this.request.body?.cancel();
    this.requestEnded = true;
    const { stream } = this;
    if (stream === undefined) {
      this.leave();
      return;
    }
    stream.close(constants.NGHTTP2_CANCEL);
  }

  private closed(): void {
    enter();
    this.leave();
    if (!this.requestEnded) this.request.body?.cancel();
    this.failed(this.expired ?? "connection_closed", this.error ?? new Error("the stream was closed"));
    leave();
  }

  failed(code: UpstreamFailureCode, cause: unknown): void {
    if (this.told) return;
    this.told = true;
    this.listener.failed({ code, requestSent: this.stream !== undefined, cause });
  }

  private leave(): void {
    const { session } = this;
    this.session = undefined;
    this.deadline.disarm();
    if (session !== undefined) this.pool.left(session);
  }
}
