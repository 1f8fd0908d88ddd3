import type {
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamListener,
  UpstreamRequest,
} from "../../../core/index.ts";
import { connectFailure } from "../http/call.ts";
import { Deadline } from "../http/deadline.ts";
import { ClientStream } from "./clientstream.ts";
import type { UpstreamConnection } from "./upstream.ts";

/** One request on its way to an upstream: it waits for a connection, and then has a stream. */
export class Http2Call implements UpstreamCall {
  private readonly request: UpstreamRequest;
  private readonly listener: UpstreamListener;
  private readonly deadline: Deadline;
  private connection: UpstreamConnection | undefined = undefined;
  private stream: ClientStream | undefined = undefined;
  private over = false;

  constructor(request: UpstreamRequest, listener: UpstreamListener) {
    this.request = request;
    this.listener = listener;
    this.deadline = new Deadline(this);
  }

  /** @returns false when nobody waits for the connection any more. */
  use(connection: UpstreamConnection): boolean {
    if (this.over) return false;
    this.connection = connection;
    this.deadline.arm(this.request.connectTimeoutMs);
    connection.take(this);
    return true;
  }

  /** The connection is there. Within a turn. */
  begin(connection: UpstreamConnection): void {
    this.deadline.disarm();
    this.stream = new ClientStream(connection, connection.nextId(), this.request, this.listener);
    connection.streams.set(this.stream.id, this.stream);
    this.stream.open(connection.isEncrypted);
  }

  /** @param reached Whether TCP was connected. */
  notConnected(reached: boolean, error: Error | undefined): void {
    this.failed(reached ? "tls_failed" : connectFailure(error), error);
  }

  failed(code: UpstreamFailureCode, cause: unknown): void {
    if (this.over) return;
    this.over = true;
    this.deadline.disarm();
    this.listener.failed({ code, requestSent: false, cause });
  }

  timedOut(): void {
    this.failed("connect_timeout", new Error("connecting took too long"));
    this.connection?.drop(this);
  }

  cancel(): void {
    if (this.stream !== undefined) return this.stream.cancel();
    this.over = true;
    this.deadline.disarm();
    this.connection?.drop(this);
  }
}
