import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttp2, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createTcp, type Server } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Address, Report } from "../../core/balancer/index.ts";
import type { ActiveChecks } from "../../core/entities/rows.ts";
import { probe, type ProbeTerms, ProbeTls } from "../../core/proxy/probe.ts";
import { certificateFor } from "../../test/engine/certificate.ts";
import { MemoryLogger } from "../memory/index.ts";
import { WebTimers } from "../web/index.ts";
import { nodeDialer, NodeTransport } from "./index.ts";

const checks = (rest: Partial<ActiveChecks>): ActiveChecks => ({
  type: "http",
  timeout: 5,
  concurrency: 10,
  http_path: "/health",
  https_verify_certificate: false,
  healthy: { interval: 1, successes: 1, http_statuses: [200] },
  unhealthy: { interval: 1, http_failures: 1, tcp_failures: 1, timeouts: 1, http_statuses: [500] },
  ...rest,
});

const transport = new NodeTransport();
const ports = {
  timers: new WebTimers(new MemoryLogger()),
  transport,
  dialer: nodeDialer,
  dns: undefined,
};
const open: { close(): void }[] = [];
afterAll(() => {
  transport.close();
  for (const server of open) server.close();
});

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    open.push(server);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

const report = (
  port: number,
  active: Partial<ActiveChecks>,
  rest: Partial<ProbeTerms> = {},
): Promise<Report> => {
  const terms: ProbeTerms = {
    checks: checks(active),
    hostHeader: undefined,
    certificate: undefined,
    ...rest,
  };
  const address = { host: "127.0.0.1", port, hostname: "node.test", isLate: false } as Address;
  return probe(ports, terms, address, new ProbeTls(terms).to(address));
};

describe("a check by HTTP", () => {
  const heard: {
    url: string | undefined;
    host: string | undefined;
    connection: string | undefined;
    extra: unknown;
  }[] = [];
  const answer: RequestListener = (request, response) => {
    const { url, headers } = request;
    heard.push({ url, host: headers.host, connection: headers.connection, extra: headers["x-probe"] });
    if (url === "/reset") request.socket.destroy();
    else if (url === "/trickle") {
      response.writeHead(200, { "Content-Length": "100" }).write("a");
    } else if (url !== "/silent") response.writeHead(Number(url?.slice(1)) || 200).end("x");
  };
  const server = createHttp(answer);
  let port = 0;
  beforeAll(async () => {
    port = await listening(server);
  });
  afterAll(() => server.closeAllConnections());

  test("asks on a connection of its own, with the fields configured", async () => {
    heard.length = 0;
    const headers = { "x-probe": ["1", "2"] };
    for (let i = 0; i < 2; i++) expect(await report(port, { headers })).toEqual({ status: 200 });
    const expected = { url: "/health", host: `node.test:${port}`, connection: "close", extra: "1, 2" };
    expect(heard).toEqual([expected, expected]);
    expect(transport.openConnections).toBe(0);
  });

  test.each([
    ["/500", 5, { status: 500 }],
    ["/reset", 5, "tcp_failure"],
    ["/silent", 0.05, "timeout"],
    ["/trickle", 5, { status: 200 }],
  ])("at %s within %d s finds %j", async (http_path, timeout, found) => {
    expect(await report(port, { http_path, timeout })).toEqual(found);
  });

  test("finds a failure where nobody listens", async () => {
    expect(await report(inject("deadPort"), {})).toBe("tcp_failure");
  });

  test("finds what is no HTTP", async () => {
    const strange = createTcp((socket) => socket.end("SSH-2.0-x\r\n\r\n"));
    expect(await report(await listening(strange), {})).toEqual({ status: 0 });
  });
});

describe("a check by HTTPS", () => {
  test("names the host it wants, and shows the upstream's client certificate", async () => {
    const [own, client] = await Promise.all([certificateFor("sni.test"), certificateFor("gateway.test")]);
    const server = createHttps(
      { cert: own.chain, key: own.key, requestCert: true, rejectUnauthorized: false, ca: [client.chain] },
      ({ socket }, response) => {
        const { servername, authorized } = socket as TLSSocket & { servername?: string };
        response.writeHead(servername === "sni.test" && authorized ? 200 : 500).end();
      },
    );
    const port = await listening(server);
    const active = { type: "https", https_sni: "sni.test" };
    expect(await report(port, active)).toEqual({ status: 500 });
    expect(await report(port, active, { certificate: { chain: client.chain, key: client.key } })).toEqual({
      status: 200,
    });
    // What can't be verified is a failed connection.
    expect(await report(port, { ...active, https_verify_certificate: true })).toBe("tcp_failure");
  });
});

describe("a check by TCP", () => {
  test("finds who listens, whatever it speaks", async () => {
    const silent = createTcp(() => undefined);
    const port = await listening(silent);
    expect(await report(port, { type: "tcp" })).toBe("success");
    expect(await report(inject("deadPort"), { type: "tcp" })).toBe("tcp_failure");
  });
});

describe("a check by gRPC", () => {
  const respond = (stream: ServerHttp2Stream, path: string, status: string, message: Buffer): void => {
    if (path !== "/grpc.health.v1.Health/Check") status = "13";
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status }));
    stream.end(message);
  };

  test.each([
    ["a server that serves", "0", Buffer.from([0, 0, 0, 0, 2, 8, 1]), "success"],
    ["a server that does not serve", "0", Buffer.from([0, 0, 0, 0, 2, 8, 2]), "http_failure"],
    ["a server that knows no health", "12", Buffer.alloc(0), "success"],
    ["a server that fails", "14", Buffer.alloc(0), "http_failure"],
  ])("of %s: status %s", async (_, status, message, found) => {
    const server = createHttp2();
    server.on("stream", (stream, headers) => respond(stream, headers[":path"] ?? "", status, message));
    expect(await report(await listening(server), { type: "grpc" })).toBe(found);
  });

  test("finds a failure where nobody listens", async () => {
    expect(await report(inject("deadPort"), { type: "grpc" })).toBe("tcp_failure");
  });
});
