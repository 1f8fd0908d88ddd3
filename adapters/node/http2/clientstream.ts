import {
  type BodySink,
  GatewayError,
  type UpstreamFailureCode,
  type UpstreamListener,
  type UpstreamRequest,
} from "../../../core/index.ts";
import { Deadline } from "../http/deadline.ts";
import { enter, leave } from "../http/outbox.ts";
import { safeWord } from "../../http1/index.ts";
import type { Connection } from "./connection.ts";
import type { HeaderBlock } from "./decoder.ts";
import { Http2Error } from "./error.ts";
import { addFields, readResponseHead, readTrailers } from "./fields.ts";
import { CANCEL, PROTOCOL_ERROR, REFUSED_STREAM } from "./frame.ts";
import { Stream } from "./stream.ts";
import { StreamBody } from "./streambody.ts";

/** Interim responses that one response may be preceded by. */
const MAX_INTERIM = 64;

/** A request to an upstream on a stream, and the answer to it. */
export class ClientStream extends Stream implements BodySink {
  private readonly request: UpstreamRequest;
  private readonly listener: UpstreamListener;
  private readonly deadline: Deadline;
  /** The listener has its answer, or wants none. */
  private told = false;
  private answered = false;
  private interim = 0;
  private expired: UpstreamFailureCode | undefined = undefined;

  constructor(link: Connection, id: number, request: UpstreamRequest, listener: UpstreamListener) {
    super(link, id);
    this.request = request;
    this.listener = listener;
    this.deadline = new Deadline(this);
  }

  open(isEncrypted: boolean): void {
    const { method, target, headers, body } = this.request;
    let authority = "";
    const rest: string[] = [];
    for (let i = 0; i < headers.length; i += 2)
      if (headers[i]!.toLowerCase() === "host") authority = headers[i + 1]!;
      else rest.push(headers[i]!, headers[i + 1]!);
    const fields = [":method", safeWord(method), ":scheme", isEncrypted ? "https" : "http"];
    fields.push(":authority", safeWord(authority), ":path", safeWord(target));
    addFields(fields, rest);
    if (body?.lengthBytes !== undefined) fields.push("content-length", String(body.lengthBytes));
    this.sendHead(fields, body === undefined);
    if (body !== undefined) this.flow(body, this);
  }

  protected get sendTimeoutMs(): number {
    return this.request.writeTimeoutMs;
  }

  protected head(block: HeaderBlock, ends: boolean): void {
    if (this.answered) return this.endBody(block, ends);
    const head = block.tooLarge ? undefined : readResponseHead(block.fields);
    if (head?.status === undefined) throw new Http2Error(PROTOCOL_ERROR, this.id);
    const { status, headers, contentLength } = head;
    if (status < 200) return this.informed(status, headers, ends);
    this.answered = true;
    this.deadline.disarm();
    if (ends) {
      const mayPromise = this.request.method === "HEAD" || status === 304;
      if ((contentLength ?? 0) > 0 && !mayPromise) throw new Http2Error(PROTOCOL_ERROR, this.id);
      this.endInput(undefined);
    } else this.inbody = new StreamBody(this, contentLength, this.request.readTimeoutMs);
    if (this.told) return;
    this.told = true;
    const { inbody } = this;
    this.listener.responded({
      status,
      reason: "",
      httpVersion: "2",
      headers,
      body: inbody,
      tunnel: undefined,
    });
  }

  private informed(status: number, headers: string[], ends: boolean): void {
    if (ends || ++this.interim > MAX_INTERIM) throw new Http2Error(PROTOCOL_ERROR, this.id);
    if (status > 100 && !this.told) this.listener.informed(status, headers);
  }

  private endBody(block: HeaderBlock, ends: boolean): void {
    const trailers = ends && !block.tooLarge ? readTrailers(block.fields) : undefined;
    if (trailers === undefined) throw new Http2Error(PROTOCOL_ERROR, this.id);
    this.endInput(trailers.length > 0 ? trailers : undefined);
  }

  protected sent(): void {
    if (!this.answered) this.deadline.arm(this.request.readTimeoutMs);
  }

  /** The request can't be completed, for a reason on the client's side. */
  fail(error: Error): void {
    this.expired = "not_possible";
    this.abort(CANCEL, error);
  }

  bodyCancelled(): void {
    this.abort(CANCEL);
  }

  bodyTimedOut(): void {
    enter();
    this.abort(CANCEL, new GatewayError("upstream_timeout", { detail: "the upstream was too slow" }));
    leave();
  }

  timedOut(): void {
    enter();
    this.expired = "read_timeout";
    this.abort(CANCEL, new Error("the upstream took too long to answer"));
    leave();
  }

  protected override sendTimedOut(): void {
    this.expired = "write_timeout";
    super.sendTimedOut();
  }

  /** Nobody wants the answer any more. */
  cancel(): void {
    this.told = true;
    enter();
    this.abort(CANCEL);
    leave();
  }

  protected broken(error: Error, byPeer: boolean): void {
    this.deadline.disarm();
    if (this.told) return;
    this.told = true;
    // An error of the whole connection is one that we found, too.
    const isInvalid = error instanceof Http2Error && (!byPeer || error.streamId === 0);
    const code = this.expired ?? (isInvalid ? "invalid_response" : "connection_closed");
    const requestSent = !(error instanceof Http2Error && error.code === REFUSED_STREAM);
    this.listener.failed({ code, requestSent, cause: error });
  }
}
