import type { BodySink, BodyStream } from "../ports/body.ts";

/** A body that is looked into before anybody takes it: whether it begins, ends or fails. */
export class PeekedBody implements BodyStream, BodySink {
  private readonly source: BodyStream;
  private readonly told = Promise.withResolvers<string[] | undefined>();
  private sink: BodySink | undefined;
  private first: Uint8Array | undefined;
  private ended: { readonly trailers: string[] | undefined } | undefined;
  private failure: Error | undefined;

  constructor(source: BodyStream) {
    this.source = source;
  }

  get lengthBytes(): number | undefined {
    return this.source.lengthBytes;
  }

  /**
   * Waits for the first piece.
   *
   * @returns The trailers of a body that is empty. Never settles for one that is cancelled.
   * @throws What the body fails with before its first piece.
   */
  peek(): Promise<string[] | undefined> {
    this.source.start(this);
    return this.told.promise;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    const { first, failure, ended } = this;
    this.first = undefined;
    if (first !== undefined && !sink.chunk(first)) return;
    if (failure !== undefined) sink.fail(failure);
    else if (ended !== undefined) sink.end(ended.trailers);
    else this.source.resume();
  }

  resume(): void {
    const { sink, failure, ended } = this;
    if (failure !== undefined) sink?.fail(failure);
    else if (ended !== undefined) sink?.end(ended.trailers);
    else this.source.resume();
  }

  cancel(): void {
    this.sink = undefined;
    this.source.cancel();
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.sink !== undefined) return this.sink.chunk(bytes);
    this.first = new Uint8Array(bytes);
    this.told.resolve(undefined);
    return false;
  }

  end(trailers: string[] | undefined): void {
    if (this.sink !== undefined) {
      this.sink.end(trailers);
      return;
    }
    this.ended = { trailers };
    this.told.resolve(trailers);
  }

  fail(error: Error): void {
    if (this.sink !== undefined) {
      this.sink.fail(error);
      return;
    }
    this.failure = error;
    this.told.reject(error);
  }
}
