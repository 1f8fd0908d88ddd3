import type { BodySink, BodyStream } from "../ports/body.ts";

/** A body that is in memory. */
export class BytesBody implements BodyStream {
  lengthBytes: number | undefined;
  readonly bytes: Uint8Array;
  private sink: BodySink | undefined;
  private isStarted = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.lengthBytes = bytes.byteLength;
  }

  /** A body whose length the head does not tell. */
  static chunked(bytes: Uint8Array): BytesBody {
    const body = new BytesBody(bytes);
    body.lengthBytes = undefined;
    return body;
  }

  start(sink: BodySink): void {
    if (this.isStarted) throw new TypeError("a body is read once");
    this.isStarted = true;
    this.sink = sink;
    if (this.bytes.byteLength > 0 && !sink.chunk(this.bytes)) return;
    this.finish();
  }

  resume(): void {
    this.finish();
  }

  cancel(): void {
    this.sink = undefined;
  }

  private finish(): void {
    const { sink } = this;
    this.sink = undefined;
    sink?.end(undefined);
  }
}

export const joinBytes = (chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
};

/** Keeps copies of chunks until the whole is wanted. */
export class Collector {
  private readonly chunks: Uint8Array[] = [];
  lengthBytes = 0;

  add(bytes: Uint8Array): void {
    // Not slice(): of a Node Buffer that is a view of bytes that are overwritten.
    this.chunks.push(new Uint8Array(bytes));
    this.lengthBytes += bytes.byteLength;
  }

  whole(): Uint8Array {
    return this.chunks.length === 1 ? this.chunks[0]! : joinBytes(this.chunks);
  }
}

/** The body is larger than the reader wants to hold. */
export class BodyTooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`the body is larger than ${maxBytes} bytes`);
    this.name = "BodyTooLargeError";
  }
}

/**
 * Reads a whole body into memory.
 *
 * @param maxBytes The most to hold.
 * @throws BodyTooLargeError when it is larger; the rest is not read.
 */
export const readAll = (stream: BodyStream, maxBytes: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const collector = new Collector();
    stream.start({
      chunk(bytes) {
        if (collector.lengthBytes + bytes.byteLength > maxBytes) {
          stream.cancel();
          reject(new BodyTooLargeError(maxBytes));
          return false;
        }
        collector.add(bytes);
        return true;
      },
      end: () => resolve(collector.whole()),
      fail: reject,
    });
  });
