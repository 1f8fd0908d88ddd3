import { Decoder } from "../../adapters/node/http2/decoder.ts";
import { Encoder } from "../../adapters/node/http2/encoder.ts";
import {
  DATA,
  END_HEADERS,
  END_STREAM,
  HEADERS,
  HEADER_BYTES,
  PREFACE,
  type Setting,
  frameHead,
  headersFrames,
  settingsFrame,
} from "../../adapters/node/http2/frame.ts";
import type { RawClient } from "./rig.ts";

/** A frame as it came. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
  /** The fields of HEADERS. */
  readonly fields: string[] | undefined;
}

/** A client that speaks in frames, and does only what it is told. */
export class FrameClient {
  readonly raw: RawClient;
  readonly frames: Frame[] = [];
  private readonly encoder = new Encoder();
  private readonly decoder = new Decoder();
  private rest = Buffer.alloc(0);

  constructor(raw: RawClient, ...settings: readonly Setting[]) {
    this.raw = raw;
    raw.socket.setNoDelay();
    raw.socket.on("data", (bytes: Buffer) => this.read(bytes));
    raw.send(PREFACE + settingsFrame(...settings));
  }

  private read(bytes: Buffer): void {
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.rest.readUIntBE(0, 3);
      if (this.rest.length < end) return;
      const [type, flags] = [this.rest[3]!, this.rest[4]!];
      const payload = Buffer.from(this.rest.subarray(HEADER_BYTES, end));
      const fields =
        type === HEADERS && (flags & END_HEADERS) !== 0
          ? this.decoder.decode(payload, 0, payload.length, { maxHeadBytes: 1e6, maxFields: 1e4 })?.fields
          : undefined;
      this.frames.push({ type, flags, streamId: this.rest.readUInt32BE(5), payload, fields });
      this.rest = this.rest.subarray(end);
    }
  }

  block(fields: readonly string[]): string {
    return this.encoder.encode(fields);
  }

  /** Begins a stream. @param more Fields besides GET / of an authority. */
  ask(streamId: number, { ends = true, method = "GET", more = [] as string[] } = {}): this {
    const fields = [":method", method, ":scheme", "http", ":path", "/", ":authority", "h.test", ...more];
    this.raw.send(headersFrames(streamId, this.block(fields), ends, 16_384));
    return this;
  }

  data(streamId: number, text: string, ends = false): this {
    this.raw.send(frameHead(text.length, DATA, ends ? END_STREAM : 0, streamId) + text);
    return this;
  }

  send(text: string): this {
    this.raw.send(text);
    return this;
  }

  of(streamId: number, type: number): Frame[] {
    return this.frames.filter((frame) => frame.streamId === streamId && frame.type === type);
  }

  /** The status of a stream's answer, once it is there. */
  status(streamId: number): string | undefined {
    return this.of(streamId, HEADERS)[0]?.fields?.[1];
  }

  /** Bytes of data that a stream got. */
  received(streamId: number): number {
    return this.of(streamId, DATA).reduce((sum, { payload }) => sum + payload.length, 0);
  }

  /** The code that a stream, or with 0 the connection, was ended with. */
  code(streamId: number): number | undefined {
    const [frame] = this.frames.filter(
      ({ type, streamId: id }) => id === streamId && type === (streamId === 0 ? 7 : 3),
    );
    return frame?.payload.readUInt32BE(streamId === 0 ? 4 : 0);
  }
}
