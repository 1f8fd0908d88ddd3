import {
  BytesBody,
  type Transport,
  type UpstreamAddress,
  type UpstreamCall,
  type UpstreamListener,
  type UpstreamRequest,
  type UpstreamResponse,
} from "../../../core/index.ts";
import {
  DONE,
  head,
  MAX_INTERIM,
  MORE,
  parseResponse,
  responseFraming,
  responseLimits,
} from "../../http1/index.ts";
import { type Connection, type Connections, eachItsOwn } from "./connection.ts";
import { Incoming, IncomingBody } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import { Trouble, within } from "./waiting.ts";

class SocketCall implements UpstreamCall {
  private readonly address: UpstreamAddress;
  private readonly request: UpstreamRequest;
  private readonly listener: UpstreamListener;
  private readonly connections: Connections;
  private connection: Connection | undefined;
  private outgoing: Outgoing | undefined;
  private isSent = false;
  private isOver = false;

  constructor(
    address: UpstreamAddress,
    request: UpstreamRequest,
    listener: UpstreamListener,
    connections: Connections,
  ) {
    this.address = address;
    this.request = request;
    this.listener = listener;
    this.connections = connections;
  }

  private close(): void {
    this.connection?.close();
  }

  cancel(): void {
    this.isOver = true;
    this.close();
  }

  async run(): Promise<void> {
    try {
      const response = await this.exchange();
      if (this.isOver) response.body?.cancel();
      else {
        this.isOver = true;
        this.listener.responded(response);
      }
    } catch (error) {
      this.close();
      if (this.isOver) return;
      this.isOver = true;
      const code = error instanceof Trouble ? error.code : "connection_closed";
      this.listener.failed({ code, requestSent: this.isSent, cause: error });
    }
  }

  private async exchange(): Promise<UpstreamResponse> {
    const { request } = this;
    const opening = this.connections.take(this.address);
    opening.then(
      // Given up meanwhile, by whoever asked or because it took too long.
      (connection) => void (this.isOver && connection.close()),
      () => undefined,
    );
    const connection = await within(opening, request.connectTimeoutMs, "connect_timeout");
    this.connection = connection;
    const outgoing = new Outgoing(connection.writer, request, this.connections.areKept);
    this.outgoing = outgoing;
    const incoming = new Incoming(
      async () => {
        const waiting = within(
          connection.read(),
          request.readTimeoutMs,
          "read_timeout",
          () => outgoing.isComplete,
        );
        const { value } = await waiting;
        return value;
      },
      () => this.close(),
    );
    this.isSent = true;
    // An answer may come before the request is out; then it counts, whatever becomes of the rest.
    const sending = outgoing.send();
    sending.catch(() => undefined);
    const failed = sending.then(() => new Promise<never>(() => undefined));
    return Promise.race([this.answer(incoming), failed]);
  }

  /** Reads the head, interim ones first. */
  private async answer(incoming: Incoming): Promise<UpstreamResponse> {
    for (let interim = 0; ;) {
      const result = parseResponse(incoming.bytes, incoming.at, incoming.bytes.length, responseLimits);
      if (result === MORE) {
        if (!(await incoming.more()))
          throw new Trouble("connection_closed", "the upstream closed before it answered");
        continue;
      }
      if (result !== DONE) throw new Trouble("invalid_response", "the response head is malformed");
      incoming.at += head.sizeBytes;
      if (head.status >= 200) return this.response(incoming);
      if (head.status === 101)
        throw new Trouble("invalid_response", "a switch of protocols that nobody asked for");
      if (++interim > MAX_INTERIM) throw new Trouble("invalid_response", "too many interim responses");
      if (head.status !== 100 && !this.isOver) this.listener.informed(head.status, head.headers);
    }
  }

  private response(incoming: Incoming): UpstreamResponse {
    const { status, reason, headers, minor } = head;
    const framing = responseFraming(head, this.request.method);
    if (framing === undefined) throw new Trouble("invalid_response", "the response is framed ambiguously");
    const common = {
      status,
      reason,
      httpVersion: minor === 0 ? "1.0" : "1.1",
      headers,
      tunnel: undefined,
    } as const;
    const isLast = head.close || minor === 0;
    if (framing === "none") {
      this.done(incoming, isLast);
      return { ...common, body: undefined };
    }
    const { bytes, at } = incoming;
    if (typeof framing === "number" && bytes.length - at >= framing) {
      // A copy: it is small, and what it lies in may be large.
      const body = new BytesBody(new Uint8Array(bytes.subarray(at, at + framing)));
      incoming.at += framing;
      this.done(incoming, isLast);
      return { ...common, body };
    }
    const done = (): void => this.done(incoming, isLast || framing === "close");
    return { ...common, body: new IncomingBody(incoming, framing, done) };
  }

  /** The response is there as a whole. */
  private done(incoming: Incoming, isLast: boolean): void {
    const isClean = !isLast && this.outgoing!.isComplete && incoming.at === incoming.bytes.length;
    if (isClean) this.connections.give(this.connection!);
    else this.close();
    // Whoever gives up from now on has nothing to close.
    this.connection = undefined;
  }
}

/**
 * Sends requests over sockets of the runtime, in HTTP/1.1: with any Host, to any address. WebSockets can't be handed to a
 * client this way.
 */
export class SocketTransport implements Transport {
  readonly canSetHost = true;
  readonly hasHttp2 = false;
  private readonly connections: Connections;

  constructor(connections = eachItsOwn) {
    this.connections = connections;
  }

  send(address: UpstreamAddress, request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const call = new SocketCall(address, request, listener, this.connections);
    void call.run();
    return call;
  }

  close(): void {}
}
