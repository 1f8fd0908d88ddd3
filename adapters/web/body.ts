import { BytesBody, type BodySink, type BodyStream, type OutgoingBody } from "../../core/index.ts";

/** A body that is a web stream. Core passes it on untouched; it is read here only when a plugin asks. */
export class WebBody implements BodyStream {
  readonly lengthBytes: number | undefined;
  /** The stream, to hand on as it is. */
  readonly stream: ReadableStream<Uint8Array>;
  private reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  private resumed: (() => void) | undefined;
  private isCancelled = false;

  constructor(stream: ReadableStream<Uint8Array>, lengthBytes: number | undefined) {
    this.stream = stream;
    this.lengthBytes = lengthBytes;
  }

  start(sink: BodySink): void {
    if (this.reader !== undefined) throw new TypeError("a body is read once");
    this.reader = this.stream.getReader();
    void this.pump(this.reader, sink);
  }

  private async pump(reader: ReadableStreamDefaultReader<Uint8Array>, sink: BodySink): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (this.isCancelled) return;
        if (done) break;
        if (!sink.chunk(value)) await new Promise<void>((resolve) => (this.resumed = resolve));
        if (this.isCancelled) return;
      }
      sink.end(undefined);
    } catch (error) {
      if (!this.isCancelled) sink.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  resume(): void {
    const { resumed } = this;
    this.resumed = undefined;
    resumed?.();
  }

  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.resume();
    const cancelled =
      this.reader === undefined
        ? this.stream.locked
          ? undefined
          : this.stream.cancel()
        : this.reader.cancel();
    cancelled?.catch(() => undefined);
  }
}

/** A stream with a pipe that declares its length, where the platform has one. */
export type FixedLength = (lengthBytes: number) => TransformStream<Uint8Array, Uint8Array>;

const toStream = (body: BodyStream): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      body.start({
        chunk(bytes) {
          controller.enqueue(new Uint8Array(bytes));
          return (controller.desiredSize ?? 0) > 0;
        },
        end: () => controller.close(),
        fail: (error) => controller.error(error),
      });
    },
    pull: () => body.resume(),
    cancel: () => body.cancel(),
  });

/** A body in the form that fetch and Response take: at no copy where it came from there. */
export const toBodyInit = (
  body: OutgoingBody,
  fixedLength: FixedLength | undefined,
): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null => {
  if (body === undefined) return null;
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  if (body instanceof WebBody) return body.stream;
  if (body instanceof BytesBody) return body.bytes as Uint8Array<ArrayBuffer>;
  const stream = toStream(body);
  if (body.lengthBytes === undefined || fixedLength === undefined) return stream;
  return stream.pipeThrough(fixedLength(body.lengthBytes));
};
