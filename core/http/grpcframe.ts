import { Collector } from "./bodies.ts";

const headBytes = 5;

/** A message with what stands before it on the wire. @param flags 0 for a plain one, 0x80 for trailers of gRPC-Web. */
export const grpcFrame = (message: Uint8Array, flags = 0): Uint8Array => {
  const frame = new Uint8Array(headBytes + message.byteLength);
  frame[0] = flags;
  new DataView(frame.buffer).setUint32(1, message.byteLength);
  frame.set(message, headBytes);
  return frame;
};

/** Cuts a flow of bytes into messages, wherever it comes in pieces. */
export class GrpcFrames {
  private readonly maxBytes: number;
  private pieces = new Collector();

  /** @param maxBytes The most of one message to hold. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Whether a message is not complete. */
  get isOpen(): boolean {
    return this.pieces.lengthBytes > 0;
  }

  /**
   * @returns The messages that are complete.
   * @throws Error when one is compressed, or too large.
   */
  push(bytes: Uint8Array): Uint8Array[] {
    if (bytes.byteLength > 0) this.pieces.add(bytes);
    const found: Uint8Array[] = [];
    if (this.pieces.lengthBytes < this.wantedBytes) return found;
    let rest = this.pieces.whole();
    while (rest.byteLength >= headBytes) {
      if (rest[0] !== 0) throw new Error("a message of gRPC is compressed, which was not asked for");
      const end = headBytes + new DataView(rest.buffer, rest.byteOffset).getUint32(1);
      if (end > this.maxBytes) throw new Error(`a message of gRPC is larger than ${this.maxBytes} bytes`);
      this.wantedBytes = end;
      if (rest.byteLength < end) break;
      found.push(rest.subarray(headBytes, end));
      rest = rest.subarray(end);
      this.wantedBytes = headBytes;
    }
    this.pieces = new Collector();
    if (rest.byteLength > 0) this.pieces.add(rest);
    return found;
  }

  /** What is to be there before there is anything to do: pieces of a long message are joined once. */
  private wantedBytes = headBytes;
}

/** The first message of a whole body; undefined when it is not complete. @throws Error */
export const firstGrpcMessage = (bytes: Uint8Array): Uint8Array | undefined =>
  new GrpcFrames(Number.MAX_SAFE_INTEGER).push(bytes)[0];
