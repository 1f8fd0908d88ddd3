import { BytesBody, readAll } from "../http/bodies.ts";
import { HeaderList } from "../http/headers.ts";
import { hasToken } from "../http/hopbyhop.ts";
import { type Arguments, parseArguments } from "../http/query.ts";
import type { BodyStream } from "../ports/body.ts";
import type { ConnectionFacts, IncomingRequest, RefusedRequest } from "../ports/downstream.ts";

const empty = new Uint8Array(0);

/** The host of a Host field, lower-case, without the port and a final dot; IPv6 keeps its brackets. */
export const hostName = (host: string): string => {
  const colon = host.charCodeAt(0) === 91 ? host.indexOf("]:") + 1 : host.indexOf(":");
  const name = (colon > 0 ? host.slice(0, colon) : host).toLowerCase();
  return name.endsWith(".") ? name.slice(0, -1) : name;
};

/**
 * The request as it came, and as plugins changed it: headers, query, method and body that a plugin sets are
 * what later plugins read and what the upstream gets. The raw target stays as it was.
 */
export class ClientRequest {
  /** The target as sent: `/path?query`. */
  readonly target: string;
  readonly httpVersion: "1.0" | "1.1" | "2";
  readonly headers: HeaderList;
  readonly connection: ConnectionFacts;
  method: string;
  /** What follows the first `?`; undefined when there is none. */
  query: string | undefined;
  body: BodyStream | undefined;
  /** The path as sent, without the query. */
  readonly rawPath: string;
  private readonly incoming: IncomingRequest | undefined;
  private parsedQuery: string | undefined;
  private arguments: Arguments | undefined;
  private bytes: Uint8Array | undefined;

  /** Of the client: the peer's, or what a trusted peer told. */
  readonly peerAddress: string;

  constructor(incoming: IncomingRequest | RefusedRequest, clientAddress = incoming.connection.peerAddress) {
    this.peerAddress = clientAddress;
    const target = incoming.target ?? "/";
    this.target = target;
    // Position 0 is the path's first byte whatever it is: Kong searches from the second.
    const mark = target.indexOf("?", 1);
    this.rawPath = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? undefined : target.slice(mark + 1);
    this.method = incoming.method ?? "GET";
    this.httpVersion = incoming.httpVersion;
    this.headers = new HeaderList(incoming.headers);
    this.connection = incoming.connection;
    if ("sizeBytes" in incoming) {
      this.incoming = incoming;
      this.body = incoming.body;
    }
  }

  /** The Host field as sent. */
  get host(): string | undefined {
    return this.headers.get("host");
  }

  get scheme(): "http" | "https" {
    return this.connection.tls === undefined ? "http" : "https";
  }

  get sni(): string | undefined {
    return this.connection.tls?.serverName;
  }

  get localPort(): number {
    return this.connection.localPort;
  }

  get localAddress(): string {
    return this.connection.localAddress;
  }

  get peerPort(): number {
    return this.connection.peerPort;
  }

  /** Bytes received for this request so far, head included. */
  get sizeBytes(): number {
    return this.incoming?.sizeBytes ?? 0;
  }

  /** True when the client asks to speak WebSocket on this connection. */
  get isWebSocketUpgrade(): boolean {
    const upgrade = this.headers.get("upgrade");
    return (
      upgrade !== undefined &&
      upgrade.toLowerCase() === "websocket" &&
      hasToken(this.headers.get("connection") ?? "", "upgrade")
    );
  }

  /** The arguments of the query, at most 100. */
  get queryArguments(): Arguments {
    if (this.arguments === undefined || this.parsedQuery !== this.query) {
      this.parsedQuery = this.query;
      this.arguments = parseArguments(this.query ?? "");
    }
    return this.arguments;
  }

  /**
   * The whole body, held in memory from then on.
   *
   * @param maxBytes The most to hold, default 64 MiB.
   * @throws BodyTooLargeError when it is larger.
   */
  readBody(maxBytes = 64 * 1024 * 1024): Uint8Array | Promise<Uint8Array> {
    if (this.bytes !== undefined) return this.bytes;
    if (this.body === undefined) return empty;
    return readAll(this.body, maxBytes).then((bytes) => {
      this.setBody(bytes);
      return bytes;
    });
  }

  /** Replaces the body; its length is told to the upstream. */
  setBody(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.body = new BytesBody(bytes);
  }
}
