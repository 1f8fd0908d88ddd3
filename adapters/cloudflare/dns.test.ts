import { inject } from "vitest";
import { HttpsDnsTransport } from "../web/index.ts";
import { describeZone } from "../../test/contracts/dns.ts";
import { SocketDnsTransport } from "./dns.ts";

const deadPort: number = inject("deadPort");

describeZone("bind9 over HTTPS", {
  server: inject("dohUrl"),
  deadServer: `http://127.0.0.1:${deadPort}/dns-query`,
  transport: () => new HttpsDnsTransport((url, init) => fetch(url, init)),
});

describeZone("bind9 over the runtime's sockets", {
  server: inject("nameServers").bind9,
  deadServer: `127.0.0.1:${deadPort}`,
  transport: () => new SocketDnsTransport(),
});
