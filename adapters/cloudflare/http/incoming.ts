import type { BodySink, BodyStream } from "../../../core/index.ts";
import {
  BAD,
  BodyReader,
  DATA,
  END,
  type Framing,
  joined,
  type Octets,
  PlainOctets,
  responseLimits,
} from "../../http1/index.ts";

const none = new PlainOctets(0);

/** What comes on a connection: what was read and not yet used is held. */
export class Incoming {
  bytes: Octets = none;
  at = 0;
  private readonly read: () => Promise<Uint8Array | undefined>;
  private readonly closeConnection: () => void;

  /** @param read The next bytes; undefined at the end. @throws When the connection broke, or nothing came in time. */
  constructor(read: () => Promise<Uint8Array | undefined>, close: () => void) {
    this.read = read;
    this.closeConnection = close;
  }

  /** @returns False at the end of the connection. */
  async more(): Promise<boolean> {
    const chunk = await this.read();
    if (chunk === undefined) return false;
    this.bytes =
      this.at === this.bytes.length
        ? new PlainOctets(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength)
        : joined(this.bytes.subarray(this.at), chunk);
    this.at = 0;
    return true;
  }

  close(): void {
    this.closeConnection();
  }
}

/** A response body as it comes on a connection. */
export class IncomingBody implements BodyStream {
  readonly lengthBytes: number | undefined;
  private readonly incoming: Incoming;
  private readonly reader: BodyReader;
  private readonly isUntilClose: boolean;
  private isStarted = false;
  private isCancelled = false;
  private wake: (() => void) | undefined;
  private readonly done: () => void;

  /** @param done Told when the body was read to its end; the connection is closed when it was not. */
  constructor(incoming: Incoming, framing: Framing, done: () => void) {
    this.incoming = incoming;
    this.done = done;
    this.reader = new BodyReader(framing, responseLimits);
    this.lengthBytes = typeof framing === "number" ? framing : undefined;
    this.isUntilClose = framing === "close";
  }

  start(sink: BodySink): void {
    if (this.isStarted) throw new TypeError("a body is read once");
    this.isStarted = true;
    void this.pump(sink);
  }

  resume(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }

  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.incoming.close();
    this.resume();
  }

  private async pump(sink: BodySink): Promise<void> {
    try {
      const trailers = await this.pass(sink);
      if (this.isCancelled) return;
      this.done();
      sink.end(trailers);
    } catch (error) {
      this.incoming.close();
      if (!this.isCancelled) sink.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Passes everything on. @returns The trailers. */
  private async pass(sink: BodySink): Promise<string[] | undefined> {
    const { incoming, reader } = this;
    while (!this.isCancelled) {
      const { bytes } = incoming;
      const kind = reader.next(bytes, incoming.at, bytes.length);
      incoming.at = reader.to;
      if (kind === END) return reader.trailers;
      if (kind === BAD) throw new Error("the response body is malformed");
      if (kind === DATA) {
        const isPaused = !sink.chunk(bytes.subarray(reader.from, reader.to));
        if (isPaused && !reader.finished) await new Promise<void>((resolve) => (this.wake = resolve));
      } else if (!(await incoming.more())) {
        if (this.isUntilClose) return undefined;
        throw new Error("the upstream closed within the response");
      }
    }
    return undefined;
  }
}
