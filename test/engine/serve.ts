// A gateway that passes everything to one upstream:
// node serve.ts <port> <upstream port> [ssl] [http2] [h2upstream] [proxy_protocol]
import { CertificateStore } from "../../adapters/node/http/certificates.ts";
import { listen } from "../../adapters/node/http/listener.ts";
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import { straightHandler } from "./straight.ts";

const [port = "18600", upstream = "18500", ...flags] = process.argv.slice(2);
const transport = new NodeTransport();
const address = { host: "127.0.0.1", port: Number(upstream), tls: undefined };
const version = flags.includes("h2upstream") ? "2" : "1.1";
const certificates = flags.includes("ssl")
  ? new CertificateStore({
      names: [],
      pairs: [await (await import("./certificate.ts")).certificateFor("localhost")],
    })
  : undefined;
const listener = await listen(
  {
    host: "127.0.0.1",
    port: Number(port),
    ssl: certificates !== undefined,
    http2: flags.includes("http2"),
    proxyProtocol: flags.includes("proxy_protocol"),
  },
  straightHandler(transport, address, undefined, undefined, version),
  { limits: { maxRequests: 1_000_000_000 }, ...(certificates !== undefined && { certificates }) },
);
process.on("SIGINT", () => process.exit(0));
process.on("SIGUSR2", () => {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const open = transport.openConnections;
  console.log(JSON.stringify({ ...listener.counters, upstream: open, rss, heapUsed, arrayBuffers }));
});
console.log(JSON.stringify({ pid: process.pid, port: listener.address.port }));
