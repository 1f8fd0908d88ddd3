import type { BodySink, BodyStream } from "../ports/body.ts";
import type { Exchange } from "../pdk/exchange.ts";
import type { PluginInstance } from "../pipeline/plan.ts";

const empty = new Uint8Array(0);

/**
 * Passes one piece of a response body through the filters, in order. A filter that holds a piece back ends the
 * piece's way, but the last one reaches every filter: they must learn that the body is over.
 */
export const applyFilters = (
  filters: readonly PluginInstance[],
  exchange: Exchange,
  chunk: Uint8Array,
  isLast: boolean,
): Uint8Array | undefined => {
  let piece: Uint8Array | undefined = chunk;
  for (const { phases } of filters) {
    if (piece === undefined && !isLast) return undefined;
    piece = phases.bodyFilter!(exchange, piece ?? empty, isLast);
  }
  return piece;
};

/** A response body on its way through body filters. */
export class FilteredBody implements BodyStream, BodySink {
  readonly lengthBytes: number | undefined;
  private readonly source: BodyStream;
  private readonly filters: readonly PluginInstance[];
  private readonly exchange: Exchange;
  private readonly onError: (error: unknown) => void;
  private sink: BodySink | undefined;

  /**
   * @param lengthBytes What the head says; undefined when a filter may change it.
   * @param onError Told when a filter throws; the body then fails.
   */
  constructor(
    source: BodyStream,
    filters: readonly PluginInstance[],
    exchange: Exchange,
    lengthBytes: number | undefined,
    onError: (error: unknown) => void,
  ) {
    this.source = source;
    this.filters = filters;
    this.exchange = exchange;
    this.lengthBytes = lengthBytes;
    this.onError = onError;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.source.start(this);
  }

  resume(): void {
    this.source.resume();
  }

  cancel(): void {
    this.sink = undefined;
    this.source.cancel();
  }

  chunk(bytes: Uint8Array): boolean {
    const piece = this.filter(bytes, false);
    return piece === undefined || piece.byteLength === 0 || (this.sink?.chunk(piece) ?? false);
  }

  end(trailers: string[] | undefined): void {
    const { response } = this.exchange;
    response.trailers = trailers;
    const piece = this.filter(empty, true);
    // The last piece is small or was held whole by a filter already: waiting for room would hold it once more.
    if (piece !== undefined && piece.byteLength > 0) this.sink?.chunk(piece);
    this.sink?.end(response.trailers);
  }

  fail(error: Error): void {
    this.sink?.fail(error);
  }

  private filter(bytes: Uint8Array, isLast: boolean): Uint8Array | undefined {
    if (this.sink === undefined) return undefined;
    try {
      return applyFilters(this.filters, this.exchange, bytes, isLast);
    } catch (error) {
      const { sink } = this;
      this.sink = undefined;
      this.source.cancel();
      this.onError(error);
      sink.fail(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }
}
