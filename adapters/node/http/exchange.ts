import type {
  BodySink,
  BodyStream,
  ConnectionFacts,
  Downstream,
  IncomingRequest,
  OutgoingResponse,
  RequestEvents,
} from "../../../core/index.ts";
import type { ClientConnection } from "./client.ts";
import type { Inflow } from "./inflow.ts";
import { enter, leave, putBytes, putText } from "./outbox.ts";
import { fieldLines, statusLine } from "../../http1/index.ts";
import { isTunnel } from "./tunnel.ts";

/** Bodies up to this size are copied behind their head; larger ones are written as they are. */
const COPY_BYTES = 65_536;

/** One request of a connection and the answer to it. */
export class ServerExchange implements IncomingRequest, Downstream, BodySink {
  readonly method: string;
  target: string;
  readonly httpVersion: "1.0" | "1.1";
  readonly headers: string[];
  readonly connection: ConnectionFacts;
  inflow: Inflow | undefined = undefined;
  events: RequestEvents | undefined = undefined;
  bytesSent = 0;
  /** The answer has begun. */
  responded = false;
  /** The answer is complete, or will never be. */
  over = false;
  /** The connection can take another request after this one. */
  keepAlive: boolean;
  /** The client waits for 100 (Continue). */
  expects = false;
  private readonly client: ClientConnection;
  private readonly bytesBefore: number;
  /** The response body, while it flows. */
  private source: BodyStream | undefined = undefined;
  private stopped = false;
  private chunked = false;
  /** Bytes of the body that were promised and not sent; infinite when nothing was promised. */
  private owed = Number.POSITIVE_INFINITY;

  constructor(
    client: ClientConnection,
    method: string,
    target: string,
    minor: number,
    headers: string[],
    keepAlive: boolean,
    headBytes: number,
  ) {
    this.client = client;
    this.method = method;
    this.target = target;
    this.httpVersion = minor === 0 ? "1.0" : "1.1";
    this.headers = headers;
    this.connection = client;
    this.keepAlive = keepAlive;
    this.bytesBefore = client.consumed - headBytes;
  }

  get body(): BodyStream | undefined {
    return this.inflow;
  }

  get sizeBytes(): number {
    return this.client.consumed - this.bytesBefore;
  }

  respond(response: OutgoingResponse): void {
    if (this.responded) throw new TypeError("the request was already answered");
    this.responded = true;
    if (this.over || this.client.closed) return;
    enter();
    try {
      if (response.status === 101) this.switchProtocols(response);
      else this.answer(response);
    } finally {
      leave();
    }
  }

  private answer(response: OutgoingResponse): void {
    const { status, body } = response;
    const bodiless = this.method === "HEAD" || status === 204 || status === 304 || status < 200;
    // The client may keep its body to itself now, so where the next request begins is unknown.
    if (this.expects) this.keepAlive = false;
    let text = statusLine(status, response.reason) + fieldLines(response.headers);
    if (bodiless) {
      const declared = response.declaredLengthBytes;
      if (declared !== undefined && status !== 204 && status >= 200)
        text += `Content-Length: ${declared}\r\n`;
      if (typeof body === "object" && !(body instanceof Uint8Array)) body.cancel();
      this.put(text + this.connectionLine());
      return this.complete();
    }
    if (body === undefined) {
      this.put(`${text}Content-Length: 0\r\n${this.connectionLine()}`);
      return this.complete();
    }
    if (typeof body === "string" || body instanceof Uint8Array) {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      this.put(`${text}Content-Length: ${bytes.length}\r\n${this.connectionLine()}`);
      this.putBody(bytes);
      return this.complete();
    }
    const { lengthBytes } = body;
    if (lengthBytes !== undefined) {
      this.owed = lengthBytes;
      text += `Content-Length: ${lengthBytes}\r\n`;
    } else if (this.httpVersion === "1.1") {
      this.chunked = true;
      text += "Transfer-Encoding: chunked\r\n";
    } else this.keepAlive = false;
    this.put(text + this.connectionLine());
    this.source = body;
    body.start(this);
  }

  private switchProtocols(response: OutgoingResponse): void {
    const { tunnel } = response;
    if (!isTunnel(tunnel)) throw new TypeError("a switch of protocols needs a tunnel of this platform");
    let text = statusLine(101, response.reason) + fieldLines(response.headers);
    if (!response.headers.some((name, i) => i % 2 === 0 && name.toLowerCase() === "upgrade"))
      text += "Upgrade: websocket\r\n";
    this.put(`${text}Connection: upgrade\r\n\r\n`);
    this.client.join(this, tunnel);
  }

  private connectionLine(): string {
    this.keepAlive &&= this.client.staysOpen();
    return this.keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  }

  private put(text: string): void {
    this.bytesSent += text.length;
    putText(this.client, text);
  }

  private putBody(bytes: Uint8Array): void {
    this.bytesSent += bytes.length;
    if (bytes.length <= COPY_BYTES) putBytes(this.client, bytes);
    else this.client.writeLarge(bytes);
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.over) return false;
    const { length } = bytes;
    if (length === 0) return !this.client.congested;
    if (length > this.owed) {
      this.source?.cancel();
      this.truncate();
      return false;
    }
    enter();
    this.owed -= length;
    this.bytesSent += length;
    if (this.chunked) {
      this.put(`${length.toString(16)}\r\n`);
      putBytes(this.client, bytes);
      this.put("\r\n");
    } else putBytes(this.client, bytes);
    leave();
    this.stopped = this.client.congested;
    return !this.stopped;
  }

  end(trailers: string[] | undefined): void {
    if (this.over) return;
    this.source = undefined;
    if (this.owed > 0 && this.owed !== Number.POSITIVE_INFINITY) return this.truncate();
    enter();
    try {
      if (this.chunked) this.put(trailers === undefined ? "0\r\n\r\n" : `0\r\n${fieldLines(trailers)}\r\n`);
      this.complete();
    } finally {
      leave();
    }
  }

  fail(): void {
    this.source = undefined;
    if (!this.over) this.truncate();
  }

  /** The client took what was sent. */
  drained(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.source?.resume();
  }

  inform(status: number, headers: string[]): void {
    if (this.responded || this.over || this.httpVersion === "1.0" || this.client.closed) return;
    if (status < 100 || status > 199 || status === 101)
      throw new TypeError("an interim response is 1xx but 101");
    enter();
    if (status === 100) this.expects = false;
    this.put(`${statusLine(status, "")}${fieldLines(headers)}\r\n`);
    leave();
  }

  reset(): void {
    if (this.over) return;
    this.responded = true;
    this.giveUp();
    this.client.abandon(this, true);
  }

  /** Leaves the response incomplete, in a way that the client notices. */
  private truncate(): void {
    this.giveUp();
    this.client.abandon(this, !this.chunked && this.owed === Number.POSITIVE_INFINITY);
  }

  private complete(): void {
    this.over = true;
    this.client.answered(this);
  }

  /** Ends everything that this exchange still does. */
  giveUp(): void {
    this.over = true;
    const { source } = this;
    this.source = undefined;
    source?.cancel();
  }
}
