import type {
  BodySink,
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamListener,
  UpstreamRequest,
  UpstreamResponse,
} from "../../../core/index.ts";
import { enter, leave, putBytes, putText } from "./outbox.ts";
import type { Pool } from "./pool.ts";
import { fieldLines, safeWord } from "../../http1/index.ts";
import type { UpstreamConnection } from "./upstream.ts";

/** Requests that may reach the upstream twice without harm (nginx: all but POST, LOCK and PATCH). */
const repeatable = (method: string): boolean => method !== "POST" && method !== "PATCH" && method !== "LOCK";

/** One request on its way to an upstream, over one connection, or a second one when the first proved stale. */
export class UpstreamExchange implements UpstreamCall, BodySink {
  /** The request was sent to its end. */
  requestEnded = false;
  private readonly pool: Pool;
  private readonly request: UpstreamRequest;
  private readonly listener: UpstreamListener;
  private connection: UpstreamConnection | undefined = undefined;
  /** The listener has its answer, or wants none. */
  private told = false;
  private over = false;
  private chunked = false;
  private owed = 0;
  private bodyStarted = false;
  private stopped = false;

  constructor(pool: Pool, request: UpstreamRequest, listener: UpstreamListener) {
    this.pool = pool;
    this.request = request;
    this.listener = listener;
  }

  get method(): string {
    return this.request.method;
  }

  get readTimeoutMs(): number {
    return this.request.readTimeoutMs;
  }

  get isSingle(): boolean {
    return this.request.isSingle === true;
  }

  get upgrades(): boolean {
    return this.request.upgrade !== undefined;
  }

  /** Takes a connection from the pool, or makes one. */
  start(): void {
    const idle = this.request.isSingle === true ? undefined : this.pool.take();
    if (idle !== undefined) {
      enter();
      try {
        this.begin(idle);
      } finally {
        leave();
      }
    } else this.connect();
  }

  private connect(): void {
    this.pool.connect(
      (connection) => {
        if (this.told) return connection.abandon();
        this.connection = connection;
        connection.reserve(this, this.request.connectTimeoutMs);
      },
      (error) => this.failed(isTlsError(error) ? "tls_failed" : "name_not_resolved", false, error),
    );
  }

  /** Sends the request. Within a turn. */
  begin(connection: UpstreamConnection): void {
    const { method, target, headers, body, upgrade, writeTimeoutMs } = this.request;
    this.connection = connection;
    connection.take(this, writeTimeoutMs);
    let text = `${safeWord(method)} ${safeWord(target)} HTTP/1.1\r\n${fieldLines(headers)}`;
    const lengthBytes = body?.lengthBytes;
    if (body !== undefined) {
      if (lengthBytes === undefined) {
        this.chunked = true;
        text += "Transfer-Encoding: chunked\r\n";
      } else {
        this.owed = lengthBytes;
        text += `Content-Length: ${lengthBytes}\r\n`;
      }
    }
    text +=
      upgrade === undefined
        ? `Connection: ${this.isSingle ? "close" : "keep-alive"}\r\n\r\n`
        : `Connection: keep-alive, Upgrade\r\nUpgrade: ${safeWord(upgrade)}\r\n\r\n`;
    putText(connection, text);
    // An empty body is not started: the request stays repeatable.
    if (body === undefined || lengthBytes === 0) this.requestComplete();
    else {
      this.bodyStarted = true;
      body.start(this);
    }
  }

  private requestComplete(): void {
    this.requestEnded = true;
    this.connection?.deadline.arm(this.request.readTimeoutMs);
  }

  chunk(bytes: Uint8Array): boolean {
    const { connection } = this;
    if (connection === undefined || this.over) return false;
    const { length } = bytes;
    if (length === 0) return !connection.congested;
    if (!this.chunked && length > this.owed) {
      this.spoil(new Error("the request body is longer than declared"));
      return false;
    }
    enter();
    if (this.chunked) {
      putText(connection, `${length.toString(16)}\r\n`);
      putBytes(connection, bytes);
      putText(connection, "\r\n");
    } else {
      this.owed -= length;
      putBytes(connection, bytes);
    }
    leave();
    this.stopped = connection.congested;
    return !this.stopped;
  }

  end(trailers: string[] | undefined): void {
    const { connection } = this;
    if (connection === undefined || this.over) return;
    if (this.owed > 0) return this.spoil(new Error("the request body is shorter than declared"));
    if (this.chunked) {
      enter();
      putText(connection, trailers === undefined ? "0\r\n\r\n" : `0\r\n${fieldLines(trailers)}\r\n`);
      leave();
    }
    this.requestComplete();
  }

  fail(error: Error): void {
    if (!this.over) this.spoil(error);
  }

  /** The request can't be completed, for a reason on the client's side. */
  private spoil(error: Error): void {
    this.request.body?.cancel();
    const { connection } = this;
    this.over = true;
    this.connection = undefined;
    connection?.abandon();
    this.failed("not_possible", true, error);
  }

  cancel(): void {
    this.told = true;
    if (this.over) return;
    const { connection } = this;
    this.completed();
    connection?.abandon();
  }

  informed(status: number, headers: string[]): void {
    if (!this.told) this.listener.informed(status, headers);
  }

  responded(response: UpstreamResponse): void {
    if (this.told) return;
    this.told = true;
    this.listener.responded(response);
  }

  failed(code: UpstreamFailureCode, requestSent: boolean, cause: unknown): void {
    if (this.told) return;
    this.told = true;
    this.listener.failed({ code, requestSent, cause });
  }

  /** The connection is no longer this exchange's: nothing more of the request is sent. */
  completed(): void {
    if (this.over) return;
    this.over = true;
    this.connection = undefined;
    if (!this.requestEnded && this.bodyStarted) this.request.body?.cancel();
  }

  /** @param reached The upstream took the connection: what failed is TLS. */
  notConnected(error: Error | undefined, reached: boolean): void {
    this.over = true;
    this.failed(reached ? "tls_failed" : connectFailure(error), false, error);
  }

  /** The connection ended before the response head. */
  lost(connection: UpstreamConnection, error: Error | undefined): void {
    // The upstream closed an idle connection while the request was on its way: not a failed try yet.
    const { body } = this.request;
    const again = !this.told && connection.stale && (body === undefined || body.lengthBytes === 0);
    if (again && (repeatable(this.method) || !connection.sent)) {
      this.connection = undefined;
      this.requestEnded = false;
      return this.connect();
    }
    this.completed();
    this.failed(
      "connection_closed",
      connection.sent,
      error ?? new Error("the upstream closed the connection"),
    );
  }

  drained(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.request.body?.resume();
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

export const isTlsError = (error: unknown): boolean =>
  /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|ERR_CRYPTO)|CERT|EPROTO/.test(codeOf(error));

export function connectFailure(error: unknown): UpstreamFailureCode {
  if (codeOf(error) === "ETIMEDOUT") return "connect_timeout";
  return isTlsError(error) ? "tls_failed" : "connect_refused";
}
