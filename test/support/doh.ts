import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { DnsTransport } from "../../core/index.ts";
import { NodeDnsTransport } from "../../adapters/node/index.ts";

export interface DohServer {
  /** Of queries by POST. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Hands what comes over HTTP on to a name server, by TCP: its answers are never truncated.
 *
 * @param transport In place of the way to a real one.
 */
export const startDoh = async (
  server: string,
  transport: DnsTransport = new NodeDnsTransport(),
): Promise<DohServer> => {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      transport
        .exchange(server, Buffer.concat(chunks), { overStream: true, timeoutMs: 2000, accepts: () => true })
        .then(
          (message) => response.writeHead(200, { "Content-Type": "application/dns-message" }).end(message),
          () => response.writeHead(502).end(),
        );
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/dns-query`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
};
