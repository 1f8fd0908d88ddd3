import type { DnsExchange, DnsTransport } from "../../../core/index.ts";
import { askByDatagram } from "./datagram.ts";
import { askByStream } from "./stream.ts";

/** DNS by UDP and TCP. Servers are `address:port` or `[address]:port`. */
export class NodeDnsTransport implements DnsTransport {
  exchange(
    server: string,
    query: Uint8Array,
    { overStream, timeoutMs, accepts }: DnsExchange,
  ): Promise<Uint8Array> {
    const colon = server.lastIndexOf(":");
    const host = server.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
    const ask = overStream ? askByStream : askByDatagram;
    return ask(host, Number(server.slice(colon + 1)), query, timeoutMs, accepts);
  }
}
