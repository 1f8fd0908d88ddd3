import type { BodySink, BodyStream } from "../../../core/index.ts";

/**
 * A body that has arrived as a whole together with its head, as most do: its connection is free for the next
 * exchange before anybody reads it, and a slow reader holds no connection.
 */
export class WholeBody implements BodyStream {
  readonly lengthBytes: number;
  private bytes: Buffer;
  private sink: BodySink | undefined = undefined;
  private over = false;

  /** @param bytes May be overwritten after the call that hands the body over, but for {@link keep}. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.lengthBytes = bytes.length;
  }

  start(sink: BodySink): void {
    if (this.sink !== undefined) throw new TypeError("the body was already started");
    this.sink = sink;
    if (this.over) return;
    sink.chunk(this.bytes);
    this.resume();
  }

  /** The end needs no room: a sink that asked for a pause is told as well. */
  resume(): void {
    if (this.over) return;
    this.over = true;
    this.sink?.end(undefined);
  }

  cancel(): void {
    this.over = true;
  }

  /** Copies what nobody has read yet: the bytes are about to be overwritten. */
  keep(): void {
    if (!this.over && this.sink === undefined) this.bytes = Buffer.from(this.bytes);
  }
}
