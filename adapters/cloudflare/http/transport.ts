import { connect } from "cloudflare:sockets";
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
import { Incoming, IncomingBody } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import { Trouble, within } from "./waiting.ts";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Connects, and speaks TLS where the address asks for it. */
const open = async ({ host, port, tls }: UpstreamAddress): Promise<Socket> => {
  const hostname = host.includes(":") ? `[${host}]` : host;
  const socket = connect(
    { hostname, port },
    { secureTransport: tls === undefined ? "off" : "starttls", allowHalfOpen: false },
  );
  socket.closed.catch(() => undefined);
  try {
    await socket.opened;
  } catch (error) {
    const isUnknown = /resolve|DNS|lookup/i.test(textOf(error));
    throw new Trouble(isUnknown ? "name_not_resolved" : "connect_refused", textOf(error), error);
  }
  if (tls === undefined) return socket;
  const secure = socket.startTls({ expectedServerHostname: tls.serverName });
  secure.closed.catch(() => undefined);
  try {
    await secure.opened;
  } catch (error) {
    throw new Trouble("tls_failed", textOf(error), error);
  }
  return secure;
};

class SocketCall implements UpstreamCall {
  private readonly address: UpstreamAddress;
  private readonly request: UpstreamRequest;
  private readonly listener: UpstreamListener;
  private close: () => void = () => undefined;
  private isSent = false;
  private isOver = false;

  constructor(address: UpstreamAddress, request: UpstreamRequest, listener: UpstreamListener) {
    this.address = address;
    this.request = request;
    this.listener = listener;
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
    const opening = open(this.address);
    opening.then(
      // Given up meanwhile, by whoever asked or because it took too long.
      (socket) => void (this.isOver && socket.close().catch(() => undefined)),
      () => undefined,
    );
    const socket = await within(opening, request.connectTimeoutMs, "connect_timeout");
    this.close = () => void socket.close().catch(() => undefined);
    const outgoing = new Outgoing(socket.writable.getWriter(), request);
    const reader = socket.readable.getReader();
    const incoming = new Incoming(
      async () => {
        const waiting = within(
          reader.read(),
          request.readTimeoutMs,
          "read_timeout",
          () => outgoing.isComplete,
        );
        const { value } = await waiting;
        return value as Uint8Array | undefined;
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
    if (framing === "none") {
      this.close();
      return { ...common, body: undefined };
    }
    const { bytes, at } = incoming;
    if (typeof framing === "number" && bytes.length - at >= framing) {
      // A copy: it is small, and what it lies in may be large.
      const body = new BytesBody(new Uint8Array(bytes.subarray(at, at + framing)));
      this.close();
      return { ...common, body };
    }
    return { ...common, body: new IncomingBody(incoming, framing) };
  }
}

/**
 * Sends requests over sockets of the runtime, in HTTP/1.1: with any Host, to any address. Each has a connection of its
 * own: a socket ends with the request that opened it. WebSockets can't be handed to a client this way.
 */
export class SocketTransport implements Transport {
  readonly canSetHost = true;
  readonly hasHttp2 = false;

  send(address: UpstreamAddress, request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const call = new SocketCall(address, request, listener);
    void call.run();
    return call;
  }

  close(): void {}
}
