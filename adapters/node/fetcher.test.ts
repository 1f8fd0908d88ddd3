import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeEnvironment } from "../../test/contracts/environment.ts";
import { describeFetcher } from "../../test/contracts/fetcher.ts";
import { WebFetcher } from "../web/index.ts";
import { NodeEnvironment, ProxyFetcher } from "./index.ts";

const site = createServer((request, response) => {
  if (request.url === "/silence") return;
  if (request.url === "/away") {
    response.writeHead(302, { location: "/tea" }).end();
    return;
  }
  let body = "";
  request.on("data", (piece: Buffer) => (body += piece.toString()));
  request.on("end", () => {
    response.writeHead(207, [
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ] as unknown as string[]);
    response.end(`${request.method} ${String(request.headers["x-a"])} ${body}`);
  });
});

/** What the proxy was asked for. */
const passed: string[] = [];
const proxy = createServer((request, response) => {
  passed.push(request.url!);
  const { method, headers } = request;
  const onward = httpRequest(request.url!, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.rawHeaders);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
});
proxy.on("connect", (request, socket) => {
  passed.push(`CONNECT ${request.url!}`);
  const [host, port] = request.url!.split(":");
  const onward = connect(Number(port), host, () => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
});

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeAll(async () => {
  for (const server of [site, proxy])
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  for (const server of [site, proxy]) {
    server.close();
    server.closeAllConnections();
  }
});

const fetcher = new ProxyFetcher(new WebFetcher());
describeFetcher("Node", () => Promise.resolve({ fetcher, url: urlOf(site) }));
describeFetcher("Node behind a proxy", () =>
  Promise.resolve({ fetcher, url: urlOf(site), proxyUrl: urlOf(proxy) }),
);

test("HTTP goes through the proxy in absolute form, HTTPS by CONNECT", async () => {
  const ask = (url: string) => {
    passed.length = 0;
    const request = { method: "GET", url, headers: [], body: "", timeoutMs: 5_000, proxyUrl: urlOf(proxy) };
    return fetcher.ask(request, 1_000);
  };
  await ask(`${urlOf(site)}/tea`);
  expect(passed).toEqual([`${urlOf(site)}/tea`]);
  // The site speaks no TLS: the tunnel is what counts.
  await expect(ask(`${urlOf(site).replace("http:", "https:")}/tea`)).rejects.toThrow();
  expect(passed).toEqual([`CONNECT ${urlOf(site).slice(7)}`]);
});

test("fetch alone refuses to go past a proxy", async () => {
  const request = {
    method: "GET",
    url: urlOf(site),
    headers: [],
    body: "",
    timeoutMs: 1,
    proxyUrl: "http://p.test",
  };
  await expect(new WebFetcher().ask(request, 1)).rejects.toThrow("no proxy");
});

describeEnvironment("Node", () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "sallyport-environment-")), "file");
  writeFileSync(file, "leaves");
  return { environment: new NodeEnvironment({ TEA: "green" }), path: file };
});
