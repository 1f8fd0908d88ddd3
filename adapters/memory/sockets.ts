import type { Sockets, Stream, StreamTarget } from "../../core/index.ts";

const decoder = new TextDecoder();

/** Keeps what is sent, as text. */
export class MemorySockets implements Sockets {
  readonly datagrams: { readonly host: string; readonly port: number; readonly text: string }[] = [];
  readonly streams: { readonly target: StreamTarget; text: string; isClosed: boolean }[] = [];

  datagram(host: string, port: number, bytes: Uint8Array): Promise<void> {
    this.datagrams.push({ host, port, text: decoder.decode(bytes) });
    return Promise.resolve();
  }

  stream(target: StreamTarget): Stream {
    const kept = { target, text: "", isClosed: false };
    this.streams.push(kept);
    return {
      async write(bytes) {
        kept.text += decoder.decode(bytes);
      },
      close: () => void (kept.isClosed = true),
    };
  }
}
