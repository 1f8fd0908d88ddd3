import { afterEach, describe, expect, it } from "vitest";
import { listen } from "../../adapters/node/http/listener.ts";
import type { RequestHandler } from "../../core/index.ts";
import { RawClient, Rig, always, ok } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const get = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;

/** Answers each request with its own target. */
const mirror = (client: RawClient): void => {
  client.socket.on("data", () => {
    for (const [, target] of client.received.matchAll(/(?:GET|HEAD) (\S+) HTTP\/1.1\r\n(?:.+\r\n)*\r\n/g))
      client.send(ok(target));
    client.received = "";
  });
};

describe("a client's connection", () => {
  it("carries one request after the other", async () => {
    rig = await Rig.start(mirror);
    const client = rig.client().send(get("/1"));
    await client.until(/\/1$/);
    client.send(get("/2"));
    expect(await client.until(/\/2$/)).toMatch(
      /^HTTP\/1.1 200 OK\r\n.*Connection: keep-alive\r\n\r\n\/1HTTP/s,
    );
    expect(rig.connections).toHaveLength(1);
  });

  it("gets pipelined requests answered in order", async () => {
    rig = await Rig.start(mirror);
    const paths = Array.from({ length: 300 }, (_, i) => `/${i}.`);
    const client = rig.client().send(paths.map((path) => get(path)).join(""));
    const text = await client.until(/\/299\.$/);
    expect([...text.matchAll(/\r\n\r\n(\/\d+\.)/g)].map(([, path]) => path)).toEqual(paths);
  });

  it("is closed after Connection: close, and what follows is not answered", async () => {
    rig = await Rig.start(mirror);
    const text = await rig.once(get("/1") + get("/2", "Connection: close\r\n") + get("/3"));
    expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(2);
    expect(text).toMatch(/Connection: close\r\n\r\n\/2$/);
  });

  it.each([
    ["HTTP/1.0 is closed", "GET / HTTP/1.0\r\n\r\n", "close"],
    ["HTTP/1.0 with keep-alive stays", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "keep-alive"],
    ["HTTP/1.2 is taken for 1.1", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "keep-alive"],
  ])("%s", async (_title, request, connection) => {
    rig = await Rig.start(always(ok()));
    expect(await rig.client().send(request).until(/ok$/)).toContain(`\r\nConnection: ${connection}\r\n`);
  });

  it("gets a chunked body without a length, and HTTP/1.0 gets it until the end", async () => {
    rig = await Rig.start(
      always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-T: 1\r\n\r\n"),
    );
    expect(
      await rig
        .client()
        .send(get("/"))
        .until(/\r\n\r\n$/),
    ).toMatch(
      /Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-T: 1\r\n\r\n$/,
    );
    expect(await rig.once("GET / HTTP/1.0\r\n\r\n")).toMatch(/Connection: close\r\n\r\nabc$/);
  });

  it.each([
    [
      "HEAD keeps the length",
      "HEAD",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
      /Content-Length: 5\r\nConnection: keep-alive\r\n\r\n$/,
    ],
    ["204 has no length", "GET", "HTTP/1.1 204 No Content\r\n\r\n", /^(?!.*Content-Length).*\r\n\r\n$/s],
    [
      "304 keeps the length of what was not sent",
      "GET",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
      /Content-Length: 7\r\nConnection: keep-alive\r\n\r\n$/,
    ],
  ])("gets no body where none belongs: %s", async (_title, method, answer, expected) => {
    rig = await Rig.start(always(answer));
    const client = rig.client().send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(await client.until(/\r\n\r\n/)).toMatch(expected);
    client.received = "";
    client.send(get("/"));
    await client.until(/HTTP\/1.1/);
  });

  it("hears 100 Continue when its body is wanted", async () => {
    rig = await Rig.start((client) => void client.until(/abc$/).then(() => client.send(ok())));
    const client = rig
      .client()
      .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
    await client.until(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    expect(await client.send("abc").until(/ok$/)).toContain("HTTP/1.1 200 OK");
    expect(rig.connections[0]!.received).not.toMatch(/expect/i);
  });

  it("hears interim responses, but not over HTTP/1.0", async () => {
    rig = await Rig.start(always(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${ok()}`));
    expect(await rig.client().send(get("/")).until(/ok$/)).toMatch(
      /^HTTP\/1.1 103 Early Hints\r\nLink: <\/x>\r\n\r\nHTTP\/1.1 200/,
    );
    expect(await rig.once("GET / HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1.1 200/);
  });

  it("that ends within a request is an abort, told once", async () => {
    rig = await Rig.start(() => {});
    const client = rig.client().send(get("/"));
    await Rig.eventually(() => rig.connections.length === 1);
    client.socket.end();
    await client.closed;
    await Rig.eventually(() => rig.events.length === 2);
    expect(rig.events).toEqual(["aborted", "finished 0"]);
    await Rig.eventually(() => rig.transport.openConnections === 0);
  });

  it("that ends its side is answered where halfClosed is serve", async () => {
    rig = await Rig.start(mirror, { limits: { halfClosed: "serve" } });
    const client = rig.client().send(get("/1"));
    client.socket.end();
    expect(await client.end()).toMatch(/\/1$/);
  });

  it("is closed after maxRequests", async () => {
    rig = await Rig.start(mirror, { limits: { maxRequests: 2 } });
    const text = await rig.once(get("/1") + get("/2"));
    expect(text).toMatch(/keep-alive\r\n\r\n\/1.*Connection: close\r\n\r\n\/2$/s);
  });

  it("that idles too long is closed without a word", async () => {
    rig = await Rig.start(mirror, { limits: { keepAliveMs: 60 } });
    const client = rig.client().send(get("/1"));
    expect((await client.end()).match(/HTTP/g)).toHaveLength(1);
  });

  it.each([
    ["within its head", "GET / HT"],
    ["within its body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"],
  ])("that stops %s gets 408", async (_title, text) => {
    rig = await Rig.start(() => {}, { limits: { headTimeoutMs: 60, bodyTimeoutMs: 60 } });
    expect(await rig.once(text)).toMatch(/^HTTP\/1.1 408 .*Connection: close/s);
  });

  it("cannot stretch the time for its head by sending a little", async () => {
    rig = await Rig.start(() => {}, { limits: { headTimeoutMs: 150 } });
    const client = rig.client();
    const drip = setInterval(() => client.send("X"), 10);
    expect(await client.send("GET / HTTP/1.1\r\nX").end()).toMatch(/^HTTP\/1.1 408/);
    clearInterval(drip);
  });

  it("keeps its body waiting while the upstream takes none", async () => {
    rig = await Rig.start((client) => void client.socket.pause(), {
      timeouts: { connectTimeoutMs: 1_000, writeTimeoutMs: 60_000, readTimeoutMs: 60_000 },
    });
    const client = rig.client();
    const size = 64 * 1024 * 1024;
    const before = process.memoryUsage().arrayBuffers;
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    client.socket.write(Buffer.alloc(size));
    await Rig.settled(
      () => client.socket.bytesWritten - client.socket.writableLength + process.memoryUsage().external,
    );
    expect(client.socket.writableLength).toBe(size);
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(before + size + 8 * 1024 * 1024);
  });
});

describe("a handler that answers without reading the body", () => {
  const start = async (): Promise<{ client: RawClient; stop: () => Promise<void> }> => {
    const handler: RequestHandler = {
      handle(_request, downstream) {
        downstream.respond({
          status: 404,
          reason: "",
          headers: [],
          body: "none",
          declaredLengthBytes: undefined,
          tunnel: undefined,
        });
        return { aborted() {}, finished() {} };
      },
      refuse(status, _request, downstream) {
        downstream.respond({
          status,
          reason: "",
          headers: [],
          body: "refused",
          declaredLengthBytes: undefined,
          tunnel: undefined,
        });
        return { aborted() {}, finished() {} };
      },
    };
    rig = await Rig.start(() => {});
    const listener = await listen({ host: "127.0.0.1", port: 0 }, handler, { limits: { lingerMs: 50 } });
    const client = rig.keep(RawClient.open(listener.address.port));
    return { client, stop: () => listener.close({ graceMs: 50 }) };
  };

  it("keeps the connection for the next request, behind the rest of the body", async () => {
    const { client, stop } = await start();
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\nabc").until(/none$/);
    client.received = "";
    client.send("x".repeat(199_997)).send(get("/"));
    expect(await client.until(/none$/)).toMatch(/^HTTP\/1.1 404 /);
    await stop();
  });

  it("does not wait for ever for the rest", async () => {
    const { client, stop } = await start();
    expect(await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc").end()).toMatch(
      /none$/,
    );
    await stop();
  });

  it("is not asked for what is malformed already", async () => {
    const { client, stop } = await start();
    const text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nABCDE0\r\n";
    expect(await client.send(text).end()).toMatch(/^HTTP\/1.1 400 [^]*refused$/);
    await stop();
  });

  it("closes the connection when the client still waits for 100 Continue", async () => {
    const { client, stop } = await start();
    const text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
    expect(await client.send(text).end()).toMatch(/^HTTP\/1.1 404 [^]*Connection: close\r\n\r\nnone$/);
    await stop();
  });
});

describe("what is passed on", () => {
  const seen = async (request: string): Promise<string> => {
    rig = await Rig.start(always(ok()));
    const record: string[] = [];
    rig.upstream.on("connection", (socket) =>
      socket.on("data", (bytes) => record.push(bytes.toString("latin1"))),
    );
    await rig.client().send(request).until(/ok$/);
    return record.join("");
  };

  it("takes host and path from an absolute target", async () => {
    expect(await seen(get("http://b.test:81?x=1"))).toMatch(/^GET \/\?x=1 HTTP\/1.1\r\n/);
  });

  it("keeps the case, order and repetition of fields, and bytes of the upper half", async () => {
    expect(await seen(get("/", "x-B: 1\r\nX-a: \xe9\r\nx-b:\t2 \r\n"))).toContain(
      "\r\nx-B: 1\r\nX-a: \xe9\r\nx-b: 2\r\n",
    );
  });

  it("drops fields whose names nginx drops", async () => {
    expect(await seen(get("/", "X.A: 1\r\nX_B: 2\r\n"))).toMatch(/^(?!.*X\.A).*X_B: 2/s);
  });

  it("frames a body of its own accord", async () => {
    const text = await seen(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n003;a=b\r\nabc\r\n0\r\nX-T: 1\r\nHost: b\r\n\r\n",
    );
    expect(text).toMatch(
      /Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n$/,
    );
  });

  it("names the length of an empty body", async () => {
    expect(await seen("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")).toContain(
      "\r\nContent-Length: 0\r\n",
    );
  });
});
