import type {
  BodySink,
  BodyStream,
  ConnectionFacts,
  Downstream,
  IncomingRequest,
  OutgoingResponse,
  RequestEvents,
} from "../../../core/index.ts";
import { enter, leave } from "../http/outbox.ts";
import { escapesHold, hostHolds, judgeMethod } from "../http/target.ts";
import type { HeaderBlock } from "./decoder.ts";
import { Http2Error } from "./error.ts";
import { type MessageHead, addFields, readRequestHead, readTrailers } from "./fields.ts";
import { CANCEL, INTERNAL_ERROR, NO_ERROR, PROTOCOL_ERROR } from "./frame.ts";
import type { ServerConnection } from "./server.ts";
import { Stream } from "./stream.ts";
import { StreamBody } from "./streambody.ts";

/** One request of a client on a stream, and the answer to it. */
export class Http2Exchange extends Stream implements IncomingRequest, Downstream, BodySink {
  method = "";
  target = "";
  readonly httpVersion = "2";
  headers: string[] = [];
  private readonly client: ServerConnection;
  private headBytes = 0;
  private begun = false;
  private events: RequestEvents | undefined = undefined;
  private responded = false;
  private finished = false;
  private expects = false;
  /** A status to refuse with once the handler has returned. */
  private fault = 0;

  constructor(client: ServerConnection, id: number) {
    super(client, id);
    this.client = client;
  }

  get connection(): ConnectionFacts {
    return this.client;
  }

  get body(): BodyStream | undefined {
    return this.inbody;
  }

  get sizeBytes(): number {
    return this.headBytes + this.receivedBytes;
  }

  protected get sendTimeoutMs(): number {
    return this.client.host.limits.sendTimeoutMs;
  }

  protected head(block: HeaderBlock, ends: boolean): void {
    if (this.begun) return this.endBody(block, ends);
    this.begun = true;
    for (const text of block.fields) this.headBytes += text.length;
    const head = readRequestHead(block.fields);
    if (head === undefined && !block.tooLarge) throw new Http2Error(PROTOCOL_ERROR, this.id);
    const status = head === undefined || block.tooLarge ? 431 : this.take(head);
    if (ends) {
      // RFC 9113 §8.1.1.
      if ((head?.contentLength ?? 0) > 0) throw new Http2Error(PROTOCOL_ERROR, this.id);
      this.inEnded = true;
    } else this.inbody = new StreamBody(this, head?.contentLength, this.client.host.limits.bodyTimeoutMs);
    if (status === 0) this.handle();
    else this.refuse(status);
  }

  /** @returns 0, or the status to refuse the request with. */
  private take({ method = "", path = "", authority, headers, contentLength = 0 }: MessageHead): number {
    this.method = method;
    this.target = path;
    this.headers = headers;
    let host: string | undefined;
    let hosts = 0;
    for (let i = headers.length - 2; i >= 0; i -= 2) {
      const name = headers[i]!;
      if (name === "expect") this.expects = headers[i + 1]!.toLowerCase() === "100-continue";
      if (name !== "host") continue;
      host = headers[i + 1]!;
      hosts++;
      if (authority !== undefined) headers.splice(i, 2);
    }
    if (authority !== undefined) headers.unshift("host", authority);
    const status = judgeMethod(method);
    if (status !== 0) return status;
    // RFC 9113 §8.3.1: a Host that says otherwise than :authority is a trap for somebody.
    if (hosts > 1 || (authority !== undefined && host !== undefined && authority !== host)) return 400;
    const name = authority ?? host;
    if (name === undefined || !hostHolds(name)) return 400;
    if (!path.startsWith("/") || !/^[!"$-~]+$/.test(path) || !escapesHold(path)) return 400;
    const { maxLineBytes, maxBodyBytes } = this.client.host.limits;
    if (path.length > maxLineBytes) return 414;
    return contentLength > maxBodyBytes ? 413 : 0;
  }

  private handle(): void {
    const events = this.client.host.handler.handle(this, this, undefined);
    this.events = events;
    if (this.finished) events.finished(this.bytesSent);
    else if (this.fault !== 0) this.blame(this.fault);
  }

  private refuse(status: number): void {
    const { handler, counters } = this.client.host;
    const { method, target, headers, connection } = this;
    counters.refused++;
    const events = handler.refuse(status, { method, target, httpVersion: "2", headers, connection }, this);
    this.events = events;
    if (this.finished) events.finished(this.bytesSent);
  }

  private endBody(block: HeaderBlock, ends: boolean): void {
    const trailers = ends && !block.tooLarge ? readTrailers(block.fields) : undefined;
    if (trailers === undefined) throw new Http2Error(PROTOCOL_ERROR, this.id);
    this.endInput(trailers.length > 0 ? trailers : undefined);
  }

  protected override accepts(receivedBytes: number): boolean {
    if (receivedBytes <= this.client.host.limits.maxBodyBytes) return true;
    this.blame(413);
    return false;
  }

  override bodyStarted(): void {
    super.bodyStarted();
    if (!this.expects || this.inEnded) return;
    this.expects = false;
    this.inform(100, []);
  }

  bodyCancelled(): void {}

  bodyTimedOut(): void {
    this.blame(408);
  }

  /** Ends the exchange for something that its body did wrong. */
  private blame(status: number): void {
    if (this.finished) return;
    if (this.events === undefined) {
      this.fault = status;
      return;
    }
    const { events } = this;
    events.aborted();
    this.inbody?.fail(
      new Error(status === 408 ? "the client was too slow" : "the request body is too large"),
    );
    events.finished(this.bytesSent);
    if (!this.responded) return this.refuse(status);
    this.events = undefined;
    this.abort(CANCEL);
  }

  respond(response: OutgoingResponse): void {
    if (this.responded) throw new TypeError("the request was already answered");
    this.responded = true;
    if (this.closed) return;
    enter();
    try {
      // There is no switch of protocols in HTTP/2.
      if (response.status < 200) this.reset();
      else this.answer(response);
    } finally {
      leave();
    }
  }

  private answer(response: OutgoingResponse): void {
    const { status, body } = response;
    const fields = addFields([":status", String(status)], response.headers);
    const bodiless = this.method === "HEAD" || status === 204 || status === 304;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const length = this.lengthOf(response, bytes);
    if (length !== undefined) fields.push("content-length", String(length));
    if (bodiless && bytes !== undefined && !(bytes instanceof Uint8Array)) bytes.cancel();
    if (bodiless || bytes === undefined) return this.sendHead(fields, true);
    this.sendHead(fields, false);
    if (bytes instanceof Uint8Array) this.sendWhole(bytes);
    else this.flow(bytes, this);
  }

  private lengthOf(
    { status, declaredLengthBytes }: OutgoingResponse,
    body: Uint8Array | BodyStream | undefined,
  ): number | undefined {
    if (status === 204) return undefined;
    if (this.method === "HEAD" || status === 304) return declaredLengthBytes;
    if (body === undefined) return 0;
    return body instanceof Uint8Array ? body.length : body.lengthBytes;
  }

  fail(): void {
    this.finish();
    this.abort(INTERNAL_ERROR);
  }

  inform(status: number, headers: string[]): void {
    if (this.responded || this.closed) return;
    this.sendHead(addFields([":status", String(status)], headers), false);
  }

  reset(): void {
    this.responded = true;
    this.finish();
    this.abort(INTERNAL_ERROR);
  }

  protected sent(): void {
    this.finish();
    // RFC 9113 §8.1: the rest of the request changes nothing any more.
    if (!this.inEnded) this.abort(NO_ERROR);
  }

  protected broken(): void {
    if (this.finished) return;
    this.events?.aborted();
    this.finish();
  }

  private finish(): void {
    if (this.finished) return;
    this.finished = true;
    this.client.exchanged();
    this.events?.finished(this.bytesSent);
  }
}
