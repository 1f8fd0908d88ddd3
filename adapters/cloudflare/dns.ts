import { connect } from "cloudflare:sockets";
import type { DnsExchange, DnsTransport } from "../../core/index.ts";

const framed = (query: Uint8Array): Uint8Array => {
  const message = new Uint8Array(2 + query.byteLength);
  new DataView(message.buffer).setUint16(0, query.byteLength);
  message.set(query, 2);
  return message;
};

const readMessage = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> => {
  let held = new Uint8Array(0);
  for await (const chunk of stream) {
    const joined = new Uint8Array(held.byteLength + chunk.byteLength);
    joined.set(held);
    joined.set(chunk, held.byteLength);
    held = joined;
    if (held.byteLength < 2) continue;
    const length = new DataView(held.buffer).getUint16(0);
    if (held.byteLength >= 2 + length) return held.subarray(2, 2 + length);
  }
  throw new Error("the name server closed the connection");
};

/** DNS over TCP, on a connection for each question. Servers are `address:port` or `[address]:port`. */
export class SocketDnsTransport implements DnsTransport {
  async exchange(
    server: string,
    query: Uint8Array,
    { timeoutMs, accepts }: DnsExchange,
  ): Promise<Uint8Array> {
    const socket = connect(server);
    // Its failures come up where it is read and written; nobody waits for these.
    socket.opened.catch(() => undefined);
    socket.closed.catch(() => undefined);
    const late = new Promise<never>((_, reject) => {
      AbortSignal.timeout(timeoutMs).addEventListener("abort", () =>
        reject(new Error(`name server ${server} did not answer within ${timeoutMs} ms by TCP`)),
      );
    });
    try {
      const writer = socket.writable.getWriter();
      const asked = writer.write(framed(query)).then(() => readMessage(socket.readable));
      const message = await Promise.race([asked, late]);
      if (!accepts(message)) throw new Error(`name server ${server} sent a wrong answer`);
      return message;
    } finally {
      socket.close().catch(() => undefined);
    }
  }
}
