import { type ServerHttp2Stream, constants } from "node:http2";

import type {
  BodySink,
  BodyStream,
  ConnectionFacts,
  Downstream,
  IncomingRequest,
  OutgoingResponse,
  RequestEvents,
} from "../../../core/index.ts";
import { Deadline } from "./deadline.ts";
import { Http2Body } from "./http2body.ts";
import { plainFields, pseudo, toHttp2Fields } from "./http2fields.ts";
import type { ServerSession } from "./http2server.ts";
import { enter, leave } from "./outbox.ts";
import { safeValue } from "./serialise.ts";
import { escapesHold, hostHolds, judgeMethod } from "./target.ts";

/** One request on a stream, and the answer to it. */
export class Http2Exchange implements IncomingRequest, Downstream, BodySink {
  readonly method: string;
  readonly target: string;
  readonly httpVersion = "2";
  readonly headers: string[];
  readonly connection: ConnectionFacts;
  readonly body: BodyStream | undefined;
  sizeBytes = 0;
  private readonly session: ServerSession;
  private readonly stream: ServerHttp2Stream;
  private readonly deadline: Deadline;
  private readonly problem: number;
  private events: RequestEvents | undefined = undefined;
  private responded = false;
  private finished = false;
  private bytesSent = 0;
  private source: BodyStream | undefined = undefined;
  private trailers: string[] | undefined = undefined;
  private fault = 0;

  constructor(session: ServerSession, stream: ServerHttp2Stream, raw: string[], ended: boolean) {
    this.session = session;
    this.stream = stream;
    this.connection = session;
    this.deadline = new Deadline(this);
    this.method = pseudo(raw, ":method") ?? "";
    this.target = pseudo(raw, ":path") ?? "";
    for (const text of raw) this.sizeBytes += text.length;
    const headers = plainFields(raw);
    const hosts: string[] = [];
    let length: number | undefined;
    for (let i = 0; i < headers.length; i += 2) {
      if (headers[i] === "host") hosts.push(headers[i + 1]!);
      if (headers[i] === "content-length") length = Number(headers[i + 1]);
    }
    const authority = pseudo(raw, ":authority");
    if (authority !== undefined) {
      for (let i = headers.length - 2; i >= 0; i -= 2) if (headers[i] === "host") headers.splice(i, 2);
      headers.unshift("host", authority);
    }
    this.headers = headers;
    this.problem = this.judge(authority ?? hosts[0], hosts, authority);
    const { maxBodyBytes } = session.host.limits;
    if (length !== undefined && length > maxBodyBytes && this.problem === 0) this.problem = 413;
    this.body = ended
      ? undefined
      : new Http2Body(stream, length, {
          maxBytes: maxBodyBytes,
          timeoutMs: session.host.limits.bodyTimeoutMs,
          tooLarge: () => this.blame(413),
          tooSlow: () => this.blame(408),
        });
  }

  private judge(host: string | undefined, hosts: string[], authority: string | undefined): number {
    const status = judgeMethod(this.method);
    if (status !== 0) return status;
    if (host === undefined || !hostHolds(host) || hosts.length > 1) return 400;
    // RFC 9113 §8.3.1: a Host that says otherwise than :authority is a trap for somebody.
    if (authority !== undefined && hosts.length === 1 && hosts[0] !== authority) return 400;
    if (!this.target.startsWith("/") || !/^[!"$-~]+$/.test(this.target) || !escapesHold(this.target))
      return 400;
    return this.target.length > this.session.host.limits.maxLineBytes ? 414 : 0;
  }

  open(): void {
    const { stream, session } = this;
    const { handler } = session.host;
    stream.on("error", () => {});
    stream.on("close", () => this.closed());
    stream.on("drain", () => {
      enter();
      this.deadline.disarm();
      this.source?.resume();
      leave();
    });
    stream.on("wantTrailers", () =>
      stream.sendTrailers(this.trailers === undefined ? {} : toHttp2Fields(this.trailers, safeValue)),
    );
    enter();
    try {
      if (this.problem !== 0) this.refuse(this.problem);
      else {
        const events = handler.handle(this, this, undefined);
        this.events = events;
        if (this.finished) events.finished(this.bytesSent);
        else if (this.fault !== 0) this.blame(this.fault);
      }
    } finally {
      leave();
    }
  }

  private refuse(status: number): void {
    const { method, target, headers, connection } = this;
    const { handler, counters } = this.session.host;
    counters.refused++;
    const events = handler.refuse(status, { method, target, httpVersion: "2", headers, connection }, this);
    this.events = events;
    if (this.finished) events.finished(this.bytesSent);
  }

  /** Ends the exchange for something that its body did wrong. */
  private blame(status: number): void {
    if (this.finished) return;
    if (this.events === undefined) {
      this.fault = status;
      return;
    }
    const { events } = this;
    this.source?.cancel();
    events.aborted();
    if (this.body instanceof Http2Body)
      this.body.fail(new Error(status === 408 ? "the client was too slow" : "the request body is too large"));
    events.finished(this.bytesSent);
    if (this.responded) {
      this.finish(false);
      this.stream.close(constants.NGHTTP2_CANCEL);
      return;
    }
    this.refuse(status);
  }

  respond(response: OutgoingResponse): void {
    if (this.responded) throw new TypeError("the request was already answered");
    this.responded = true;
    const { stream } = this;
    const { status, body } = response;
    if (this.finished || stream.destroyed || stream.closed) return;
    if (status < 200) return this.reset();
    const fields = toHttp2Fields(response.headers, safeValue);
    const declared = this.lengthOf(response);
    if (declared !== undefined) fields["content-length"] = String(declared);
    const head = { ":status": status, ...fields };
    for (const [name, value] of Object.entries(fields)) this.bytesSent += name.length + String(value).length;
    const bodiless = this.method === "HEAD" || status === 204 || status === 304;
    if (bodiless || body === undefined) {
      if (typeof body === "object" && !(body instanceof Uint8Array)) body.cancel();
      stream.respond(head, { endStream: true });
      return this.finish(true);
    }
    if (typeof body === "string" || body instanceof Uint8Array) {
      stream.respond(head);
      this.bytesSent += declared ?? 0;
      stream.end(body);
      return this.finish(true);
    }
    stream.respond(head, { waitForTrailers: true });
    this.source = body;
    body.start(this);
  }

  private lengthOf({ status, body, declaredLengthBytes }: OutgoingResponse): number | undefined {
    if (status === 204) return undefined;
    if (this.method === "HEAD" || status === 304) return declaredLengthBytes;
    if (body === undefined) return 0;
    if (typeof body === "string") return Buffer.byteLength(body);
    return body instanceof Uint8Array ? body.length : body.lengthBytes;
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.finished) return false;
    this.bytesSent += bytes.length;
    const room = this.stream.write(Buffer.from(bytes));
    if (!room) this.deadline.arm(this.session.host.limits.sendTimeoutMs);
    return room;
  }

  end(trailers: string[] | undefined): void {
    if (this.finished) return;
    this.source = undefined;
    this.trailers = trailers;
    this.stream.end();
    this.finish(true);
  }

  fail(): void {
    this.source = undefined;
    if (this.finished) return;
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    this.finish(true);
  }

  inform(status: number, headers: string[]): void {
    const { stream } = this;
    if (this.responded || this.finished || stream.destroyed || stream.closed) return;
    if (status === 100) return;
    stream.additionalHeaders({ ":status": status, ...toHttp2Fields(headers, safeValue) });
  }

  reset(): void {
    this.responded = true;
    if (this.finished) return;
    this.source?.cancel();
    this.source = undefined;
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    this.finish(true);
  }

  timedOut(): void {
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  private finish(tell: boolean): void {
    if (this.finished) return;
    this.finished = true;
    this.deadline.disarm();
    this.session.left(this.bytesSent);
    if (tell) this.events?.finished(this.bytesSent);
  }

  private closed(): void {
    if (this.finished) return;
    enter();
    this.source?.cancel();
    this.source = undefined;
    this.events?.aborted();
    if (this.body instanceof Http2Body) this.body.fail(new Error("the client left"));
    this.finish(true);
    leave();
  }
}
