import { decode as decodeBuffer, encode, type Packet } from "dns-packet";

export { encode };

// dns-packet reads with the methods of Node's Buffer, which workerd's tests do not import: its own encoder hands one out.
const { constructor: packetBytes } = encode({}) as unknown as {
  readonly constructor: { from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array };
};

/** Reads a DNS message with other code than the gateway's. @throws Error for what is none. */
export const decode = (message: Uint8Array): Packet =>
  decodeBuffer(packetBytes.from(message.buffer, message.byteOffset, message.byteLength));
