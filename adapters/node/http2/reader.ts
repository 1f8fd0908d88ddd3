import { Decoder, type HeaderBlock, type ListLimits } from "./decoder.ts";
import { Http2Error } from "./error.ts";
import {
  ACK,
  COMPRESSION_ERROR,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  ENHANCE_YOUR_CALM,
  FRAME_SIZE_ERROR,
  GOAWAY,
  HAS_PRIORITY,
  HEADERS,
  HEADER_BYTES,
  MAX_WINDOW,
  MIN_MAX_FRAME_BYTES,
  PADDED,
  PING,
  PRIORITY,
  PROTOCOL_ERROR,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from "./frame.ts";

/** Takes frames that are well-formed; what they mean at this moment is its part. */
export interface FrameSink {
  /** @param flowBytes What the frame takes of both windows, padding included. @param bytes Are overwritten later. */
  data(streamId: number, bytes: Buffer, flowBytes: number, ends: boolean): void;
  headers(streamId: number, block: HeaderBlock, ends: boolean): void;
  reset(streamId: number, code: number): void;
  setting(id: number, value: number): void;
  /** All settings of a frame were told. */
  settled(): void;
  /** @param payload Eight characters. */
  ping(isAck: boolean, payload: string): void;
  goaway(lastStreamId: number, code: number): void;
  /** @param streamId 0 for the connection. */
  window(streamId: number, bytes: number): void;
}

/** Bytes of one header block as it is sent, however large the list behind it. */
const MAX_BLOCK_BYTES = 262_144;
/** Frames that one header block may come in. */
const MAX_BLOCK_FRAMES = 64;

/** Takes an HTTP/2 connection apart into frames, and header blocks into fields. @see RFC 9113 §4, §6 */
export class FrameReader {
  private readonly sink: FrameSink;
  private readonly limits: ListLimits;
  private readonly decoder = new Decoder();
  /** The header block that is not complete. */
  private block: Buffer[] = [];
  private blockStream = 0;
  private blockBytes = 0;
  private blockEnds = false;
  private isFirst = true;

  constructor(sink: FrameSink, limits: ListLimits) {
    this.sink = sink;
    this.limits = limits;
  }

  /** Within a header block nothing else may come, and it must come to an end. */
  get inBlock(): boolean {
    return this.blockStream !== 0;
  }

  /**
   * Reads one frame.
   *
   * @returns Where the next one begins; `from` when there is no whole frame.
   * @throws Http2Error for one that breaks the protocol; the connection goes on after it if that is of a stream.
   */
  read(bytes: Buffer, from: number, end: number): number {
    if (end - from < HEADER_BYTES) return from;
    const length = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
    const type = bytes[from + 3]!;
    if (this.isFirst && type !== SETTINGS) throw new Http2Error(PROTOCOL_ERROR);
    if (length > MIN_MAX_FRAME_BYTES) throw new Http2Error(FRAME_SIZE_ERROR);
    const start = from + HEADER_BYTES;
    const next = start + length;
    if (next > end) return from;
    return next;
  }

  /** Tells the frame that {@link read} found from `from` on to `next`. */
  tell(bytes: Buffer, from: number, next: number): void {
    this.isFirst = false;
    const type = bytes[from + 3]!;
    const flags = bytes[from + 4]!;
    const streamId = bytes.readUInt32BE(from + 5) & MAX_WINDOW;
    if (this.inBlock && (type !== CONTINUATION || streamId !== this.blockStream))
      throw new Http2Error(PROTOCOL_ERROR);
    const start = from + HEADER_BYTES;
    switch (type) {
      case DATA:
        return this.data(bytes, start, next, flags, ofStream(streamId));
      case HEADERS:
        return this.headers(bytes, start, next, flags, ofStream(streamId));
      case PRIORITY:
        return this.priority(bytes, start, next, ofStream(streamId));
      case RST_STREAM:
        sized(next - start, 4);
        return this.sink.reset(ofStream(streamId), bytes.readUInt32BE(start));
      case SETTINGS:
        ofConnection(streamId);
        return this.settings(bytes, start, next, flags);
      case PUSH_PROMISE:
        // Clients may not, and upstreams were told not to.
        throw new Http2Error(PROTOCOL_ERROR);
      case PING:
        ofConnection(streamId);
        sized(next - start, 8);
        return this.sink.ping((flags & ACK) !== 0, bytes.toString("latin1", start, next));
      case GOAWAY:
        ofConnection(streamId);
        if (next - start < 8) throw new Http2Error(FRAME_SIZE_ERROR);
        return this.sink.goaway(bytes.readUInt32BE(start) & MAX_WINDOW, bytes.readUInt32BE(start + 4));
      case WINDOW_UPDATE:
        return this.window(bytes, start, next, streamId);
      case CONTINUATION:
        if (!this.inBlock) throw new Http2Error(PROTOCOL_ERROR);
        return this.extend(bytes, start, next, flags);
      default:
      // Extensions are passed over (RFC 9113 §5.5).
    }
  }

  private data(bytes: Buffer, start: number, next: number, flags: number, streamId: number): void {
    const end = next - padding(bytes, start, next, flags);
    const from = start + ((flags & PADDED) === 0 ? 0 : 1);
    this.sink.data(streamId, bytes.subarray(from, end), next - start, (flags & END_STREAM) !== 0);
  }

  private headers(bytes: Buffer, start: number, next: number, flags: number, streamId: number): void {
    const end = next - padding(bytes, start, next, flags);
    let from = start + ((flags & PADDED) === 0 ? 0 : 1);
    let isLoop = false;
    if ((flags & HAS_PRIORITY) !== 0) {
      if (end - from < 5) throw new Http2Error(FRAME_SIZE_ERROR);
      isLoop = (bytes.readUInt32BE(from) & MAX_WINDOW) === streamId;
      from += 5;
    }
    this.blockStream = streamId;
    this.blockEnds = (flags & END_STREAM) !== 0;
    this.extend(bytes, from, end, flags);
    // RFC 7540 §5.3.1: a stream can't depend on itself.
    if (isLoop) throw new Http2Error(PROTOCOL_ERROR, streamId);
  }

  /** One more piece of the header block. */
  private extend(bytes: Buffer, from: number, end: number, flags: number): void {
    this.blockBytes += end - from;
    if (this.blockBytes > MAX_BLOCK_BYTES || this.block.length >= MAX_BLOCK_FRAMES)
      throw new Http2Error(ENHANCE_YOUR_CALM);
    if ((flags & END_HEADERS) === 0) {
      this.block.push(Buffer.from(bytes.subarray(from, end)));
      return;
    }
    const { blockStream } = this;
    const isWhole = this.block.length === 0;
    const all = isWhole ? bytes : Buffer.concat([...this.block, bytes.subarray(from, end)]);
    this.blockStream = this.blockBytes = 0;
    this.block = [];
    const block = this.decoder.decode(all, isWhole ? from : 0, isWhole ? end : all.length, this.limits);
    if (block === undefined) throw new Http2Error(COMPRESSION_ERROR);
    this.sink.headers(blockStream, block, this.blockEnds);
  }

  private priority(bytes: Buffer, start: number, next: number, streamId: number): void {
    if (next - start !== 5) throw new Http2Error(FRAME_SIZE_ERROR, streamId);
    if ((bytes.readUInt32BE(start) & MAX_WINDOW) === streamId) throw new Http2Error(PROTOCOL_ERROR, streamId);
  }

  private settings(bytes: Buffer, start: number, next: number, flags: number): void {
    const length = next - start;
    if ((flags & ACK) !== 0) {
      sized(length, 0);
      return;
    }
    if (length % 6 !== 0) throw new Http2Error(FRAME_SIZE_ERROR);
    for (let at = start; at < next; at += 6)
      this.sink.setting(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
    this.sink.settled();
  }

  private window(bytes: Buffer, start: number, next: number, streamId: number): void {
    sized(next - start, 4);
    const increment = bytes.readUInt32BE(start) & MAX_WINDOW;
    if (increment === 0) throw new Http2Error(PROTOCOL_ERROR, streamId);
    this.sink.window(streamId, increment);
  }
}

function sized(length: number, expected: number): void {
  if (length !== expected) throw new Http2Error(FRAME_SIZE_ERROR);
}

function ofStream(streamId: number): number {
  if (streamId === 0) throw new Http2Error(PROTOCOL_ERROR);
  return streamId;
}

function ofConnection(streamId: number): void {
  if (streamId !== 0) throw new Http2Error(PROTOCOL_ERROR);
}

/** Bytes of padding at the end. */
function padding(bytes: Buffer, start: number, next: number, flags: number): number {
  if ((flags & PADDED) === 0) return 0;
  if (next === start) throw new Http2Error(FRAME_SIZE_ERROR);
  const length = bytes[start]!;
  if (start + 1 + length > next) throw new Http2Error(PROTOCOL_ERROR);
  return length;
}
