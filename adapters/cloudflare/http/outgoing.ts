import type { BodySink, UpstreamRequest } from "../../../core/index.ts";
import { fieldLines, safeWord } from "../../http1/index.ts";
import { Trouble, within } from "./waiting.ts";

const encoder = new TextEncoder();

/** Text whose characters are bytes. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const framed = (bytes: Uint8Array): Uint8Array => {
  const size = encoder.encode(`${bytes.length.toString(16)}\r\n`);
  const chunk = new Uint8Array(size.length + bytes.length + 2);
  chunk.set(size);
  chunk.set(bytes, size.length);
  chunk.set([13, 10], chunk.length - 2);
  return chunk;
};

/** Writes one request on a connection. */
export class Outgoing implements BodySink {
  private readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  private readonly request: UpstreamRequest;
  private readonly isChunked: boolean;
  private readonly isKept: boolean;
  private owedBytes: number;
  private settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  /** The last byte is written. */
  isComplete = false;

  /** @param isKept Whether the connection may serve others afterwards. */
  constructor(writer: WritableStreamDefaultWriter<Uint8Array>, request: UpstreamRequest, isKept: boolean) {
    this.writer = writer;
    this.request = request;
    this.isKept = isKept;
    this.isChunked = request.body !== undefined && request.body.lengthBytes === undefined;
    this.owedBytes = request.body?.lengthBytes ?? 0;
  }

  /** @throws Trouble when the upstream does not take it. */
  async send(): Promise<void> {
    const { body } = this.request;
    await this.write(latin1(this.head()));
    if (body !== undefined && body.lengthBytes !== 0) {
      await new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject };
        body.start(this);
      });
    }
    this.isComplete = true;
  }

  private head(): string {
    const { method, target, headers, body } = this.request;
    const framing =
      body === undefined
        ? ""
        : this.isChunked
          ? "Transfer-Encoding: chunked\r\n"
          : `Content-Length: ${body.lengthBytes}\r\n`;
    const end = this.isKept ? "" : "Connection: close\r\n";
    return `${safeWord(method)} ${safeWord(target)} HTTP/1.1\r\n${fieldLines(headers)}${framing}${end}\r\n`;
  }

  private write(bytes: Uint8Array): Promise<void> {
    return within(this.writer.write(bytes), this.request.writeTimeoutMs, "write_timeout");
  }

  chunk(bytes: Uint8Array): boolean {
    if (bytes.length === 0) return true;
    if (!this.isChunked) this.owedBytes -= bytes.length;
    if (this.owedBytes < 0) {
      this.fail(new Error("the request body is longer than declared"));
      return false;
    }
    // What is handed over is the sink's during the call only.
    this.write(this.isChunked ? framed(bytes) : bytes.slice()).then(
      () => this.request.body?.resume(),
      (error: unknown) => this.settle?.reject(error),
    );
    return false;
  }

  end(trailers: string[] | undefined): void {
    if (this.owedBytes > 0) {
      this.fail(new Error("the request body is shorter than declared"));
      return;
    }
    if (!this.isChunked) return this.settle?.resolve();
    const last = `0\r\n${fieldLines(trailers ?? [])}\r\n`;
    this.write(latin1(last)).then(this.settle!.resolve, this.settle!.reject);
  }

  fail(error: Error): void {
    this.settle?.reject(new Trouble("connection_closed", error.message, error));
  }
}
