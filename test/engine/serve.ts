// A gateway that passes everything to one upstream: `node serve.ts <port> <upstream port>`.
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import { listen } from "../../adapters/node/http/listener.ts";
import { straightHandler } from "./straight.ts";

const [port = "18600", upstream = "18500"] = process.argv.slice(2);
const transport = new NodeTransport();
const address = { host: "127.0.0.1", port: Number(upstream), tls: undefined };
const listener = await listen(
  { host: "127.0.0.1", port: Number(port) },
  straightHandler(transport, address),
  {
    limits: { maxRequests: 1_000_000_000 },
  },
);
process.on("SIGINT", () => process.exit(0));
console.log(JSON.stringify({ pid: process.pid, port: listener.address.port }));
