import type { BodySink, BodyStream } from "../ports/body.ts";

/**
 * A request body that can be sent again as long as it was short: its first bytes are kept.
 *
 * `cancel` only ends the current reading; `abandon` ends the body.
 */
export class ReplayBody implements BodyStream, BodySink {
  private readonly source: BodyStream;
  private readonly maxBytes: number;
  private kept: Uint8Array[] = [];
  private keptBytes = 0;
  private hasOverflowed = false;
  private sink: BodySink | undefined;
  private replayed = 0;
  private isReplaying = false;
  private isSourceStarted = false;
  private isSourceWaiting = false;
  private ended: { trailers: string[] | undefined } | undefined;
  private failure: Error | undefined;
  private whenPrefetched: (() => void) | undefined;

  /** @param maxBytes What is kept at most: a longer body is sent once. */
  constructor(source: BodyStream, maxBytes: number) {
    this.source = source;
    this.maxBytes = maxBytes;
  }

  /** Known as soon as the whole body was kept, even when the sender did not say. */
  get lengthBytes(): number | undefined {
    return this.ended !== undefined && !this.hasOverflowed ? this.keptBytes : this.source.lengthBytes;
  }

  /** True while `start` can be called again. */
  get canRestart(): boolean {
    return !this.hasOverflowed;
  }

  /** Reads ahead until the body ends, fails or `maxBytes` are kept. */
  prefetch(): Promise<void> {
    return new Promise((resolve) => {
      this.whenPrefetched = resolve;
      this.isSourceStarted = true;
      this.source.start(this);
    });
  }

  start(sink: BodySink): void {
    if (this.hasOverflowed) throw new TypeError("a body that was not kept is read once");
    this.sink = sink;
    this.replayed = 0;
    this.isReplaying = true;
    this.replay();
  }

  resume(): void {
    if (this.isReplaying) this.replay();
    else this.resumeSource();
  }

  cancel(): void {
    this.sink = undefined;
  }

  /** Ends interest in the body for good. */
  abandon(): void {
    this.sink = undefined;
    this.source.cancel();
  }

  private replay(): void {
    while (this.replayed < this.kept.length) {
      const { sink } = this;
      if (sink === undefined) return;
      if (!sink.chunk(this.kept[this.replayed++]!)) return;
    }
    this.isReplaying = false;
    const { sink } = this;
    if (sink === undefined) return;
    if (this.failure !== undefined) sink.fail(this.failure);
    else if (this.ended !== undefined) sink.end(this.ended.trailers);
    else this.resumeSource();
  }

  private resumeSource(): void {
    if (!this.isSourceStarted) {
      this.isSourceStarted = true;
      this.source.start(this);
    } else if (this.isSourceWaiting) {
      this.isSourceWaiting = false;
      this.source.resume();
    }
  }

  chunk(bytes: Uint8Array): boolean {
    const { sink } = this;
    const isLive = sink !== undefined && !this.isReplaying;
    const fits = this.keptBytes + bytes.byteLength <= this.maxBytes;
    // What nobody takes now has to be kept, however much: the source is paused right after.
    if (!this.hasOverflowed && (fits || !isLive)) {
      this.kept.push(new Uint8Array(bytes));
      this.keptBytes += bytes.byteLength;
    } else if (!this.hasOverflowed) {
      this.hasOverflowed = true;
      this.kept = [];
    }
    if (this.whenPrefetched !== undefined) {
      if (this.keptBytes < this.maxBytes) return true;
      this.prefetched();
    } else if (isLive && sink.chunk(bytes)) {
      return true;
    }
    this.isSourceWaiting = true;
    return false;
  }

  end(trailers: string[] | undefined): void {
    this.ended = { trailers };
    if (this.whenPrefetched !== undefined) this.prefetched();
    else if (!this.isReplaying) this.sink?.end(trailers);
  }

  fail(error: Error): void {
    this.failure = error;
    if (this.whenPrefetched !== undefined) this.prefetched();
    else if (!this.isReplaying) this.sink?.fail(error);
  }

  private prefetched(): void {
    const ready = this.whenPrefetched;
    this.whenPrefetched = undefined;
    ready?.();
  }
}
