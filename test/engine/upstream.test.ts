import { afterEach, describe, expect, it } from "vitest";
import { type RawClient, Rig, always, ok } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const get = (path = "/", method = "GET"): string => `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const post = (body: string): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const timeouts = { connectTimeoutMs: 1_000, writeTimeoutMs: 1_000, readTimeoutMs: 1_000 };

describe("an upstream connection", () => {
  it("serves one exchange after the other, for any client", async () => {
    rig = await Rig.start(always(ok()));
    for (let i = 0; i < 5; i++) await rig.client().send(get()).until(/ok$/);
    expect(rig.connections).toHaveLength(1);
    expect(rig.transport.openConnections).toBe(1);
  });

  it.each([
    ["the upstream says close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", {}],
    ["HTTP/1.0 does not say keep-alive", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", {}],
    ["more came than the response", `${ok()}x`, {}],
    ["maxIdle is 0", ok(), { maxIdle: 0 }],
    ["it served maxRequests", ok(), { maxRequests: 1 }],
  ])("is not used again when %s", async (_title, answer, pool) => {
    rig = await Rig.start(always(answer), { transport: { pool } });
    for (let i = 0; i < 2; i++) await rig.client().send(get()).until(/ok$/);
    expect(rig.connections).toHaveLength(2);
  });

  it("is closed when it idles too long", async () => {
    rig = await Rig.start(always(ok()), { transport: { pool: { idleMs: 50 } } });
    await rig.client().send(get()).until(/ok$/);
    await Rig.eventually(() => rig.transport.openConnections === 0);
    expect(rig.connections).toHaveLength(1);
  });

  it("is closed when the upstream speaks unasked", async () => {
    rig = await Rig.start(always(ok()));
    await rig.client().send(get()).until(/ok$/);
    rig.connections[0]!.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    await Rig.eventually(() => rig.transport.openConnections === 0);
    expect(await rig.client().send(get()).until(/ok$/)).not.toContain("evil");
  });

  /** Serves one request on its first connection, and closes that at the second. */
  const stale = (client: RawClient, connection: number): void => {
    let requests = 0;
    client.socket.on("data", () => {
      if (connection === 1 && ++requests === 2) client.close();
      else client.send(ok(`by ${connection}`));
    });
  };

  it.each(["GET", "PUT", "DELETE"])("that proves stale costs %s nothing", async (method) => {
    rig = await Rig.start(stale);
    await rig.client().send(get()).until(/by 1$/);
    await rig.client().send(get("/", method)).until(/by 2$/);
    expect(rig.events.filter((event) => event.startsWith("failed"))).toEqual([]);
  });

  it("that proves stale fails what must not reach the upstream twice", async () => {
    rig = await Rig.start(stale);
    await rig.client().send(get()).until(/by 1$/);
    await rig
      .client()
      .send(get("/", "POST"))
      .until(/connection_closed\n$/);
    expect(
      await rig
        .client()
        .send(get())
        .until(/by \d$/),
    ).toMatch(/by [23]$/);
  });

  it("is given up when the answer comes before the whole request", async () => {
    rig = await Rig.start((client) => void client.until(/\r\n\r\n/).then(() => client.send(ok("early"))));
    const client = rig.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    await client.until(/early$/);
    await Rig.eventually(() => rig.transport.openConnections === 0);
    // The rest of the body is read and forgotten: the client's connection goes on.
    client.received = "";
    client.send("defghi" + get());
    expect(await client.until(/early$/)).toContain("keep-alive");
  });
});

describe("what an upstream does wrong", () => {
  it.each([
    ["invalid_response", "garbage", "garbage\r\n\r\n"],
    ["invalid_response", "a version that is not HTTP/1", "HTTP/2.0 200 OK\r\n\r\n"],
    ["invalid_response", "a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
    ["invalid_response", "a status below 100", "HTTP/1.1 099 X\r\n\r\n"],
    ["invalid_response", "bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
    ["invalid_response", "a line without colon", "HTTP/1.1 200 OK\r\ngarbage\r\n\r\n"],
    ["invalid_response", "a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"],
    [
      "invalid_response",
      "two lengths",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    ],
    [
      "invalid_response",
      "a length and chunks",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["invalid_response", "another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
    [
      "invalid_response",
      "chunks in HTTP/1.0",
      "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["invalid_response", "NUL in a field", "HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n"],
    ["invalid_response", "a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
    ["invalid_response", "endless interim responses", "HTTP/1.1 102 P\r\n\r\n".repeat(100)],
    ["invalid_response", "an endless head", `HTTP/1.1 200 OK\r\n${`A: ${"b".repeat(60_000)}\r\n`.repeat(3)}`],
  ])("is told as %s: %s", async (code, _title, answer) => {
    rig = await Rig.start(always(answer));
    expect(
      await rig
        .client()
        .send(get())
        .until(/_[a-z]+\n$/),
    ).toMatch(new RegExp(`^(HTTP/1.1 102[^]*)?HTTP/1.1 502 [^]*${code}\n$`));
    await Rig.eventually(() => rig.transport.openConnections === 0);
  });

  it.each([
    ["closes", (client: RawClient) => void client.socket.end()],
    ["resets", (client: RawClient) => void client.socket.resetAndDestroy()],
    ["closes within its head", (client: RawClient) => void client.send("HTTP/1.1 200 OK\r\nA").socket.end()],
  ])("is told as connection_closed when it %s before an answer", async (_title, leave) => {
    rig = await Rig.start((client) => void client.socket.once("data", () => leave(client)));
    expect(await rig.client().send(get()).until(/\n$/)).toMatch(/connection_closed\n$/);
  });

  it("is told as connect_refused when nobody listens", async () => {
    rig = await Rig.start(() => {}, { address: { port: 1 } });
    expect(await rig.client().send(get()).until(/d\n$/)).toMatch(/connect_refused\n$/);
  });

  it("is told as name_not_resolved when the name means nothing", async () => {
    const resolve = (): Promise<string> => Promise.reject(new Error("no such name"));
    rig = await Rig.start(() => {}, { address: { host: "nowhere.test" }, transport: { resolve } });
    expect(await rig.client().send(get()).until(/d\n$/)).toMatch(/name_not_resolved\n$/);
  });

  it("is told as connect_timeout when no connection comes about", async () => {
    // TEST-NET-1: nobody answers, or the network refuses at once.
    rig = await Rig.start(() => {}, {
      address: { host: "192.0.2.1", port: 9 },
      timeouts: { ...timeouts, connectTimeoutMs: 60 },
    });
    expect(
      await rig
        .client()
        .send(get())
        .until(/connect_\w+\n$/),
    ).toMatch(/connect_(timeout|refused)\n$/);
  });

  it("is told as read_timeout when no answer comes", async () => {
    rig = await Rig.start(() => {}, { timeouts: { ...timeouts, readTimeoutMs: 60 } });
    expect(await rig.client().send(get()).until(/t\n$/)).toMatch(/^HTTP\/1.1 504 [^]*read_timeout\n$/);
  });

  it("is told as write_timeout when it takes nothing", async () => {
    rig = await Rig.start((client) => void client.socket.pause(), {
      timeouts: { ...timeouts, writeTimeoutMs: 60 },
    });
    const client = rig
      .client()
      .send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${32 * 1024 * 1024}\r\n\r\n`);
    client.socket.write(Buffer.alloc(32 * 1024 * 1024));
    expect(await client.until(/t\n$/)).toMatch(/^HTTP\/1.1 504 [^]*write_timeout\n$/);
  });

  it.each([
    ["of known length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"],
    ["of chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
  ])("within a body %s cuts the client's connection short", async (_title, answer) => {
    rig = await Rig.start(
      (client) => void client.until(/\r\n\r\n/).then(() => client.send(answer).socket.end()),
    );
    const text = await rig.once(get());
    expect(text).toContain("abc");
    expect(text).not.toMatch(/0\r\n\r\n$/);
    await Rig.eventually(() => rig.events.length > 0);
    expect(rig.events.at(-1)).toMatch(/^finished/);
  });

  it("within chunks is not passed on", async () => {
    rig = await Rig.start(always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"));
    expect(await rig.once(get())).not.toContain("zz");
  });

  it("cuts a body without length by a reset only", async () => {
    rig = await Rig.start((client, connection) => {
      client.socket.once("data", () => {
        client.send("HTTP/1.1 200 OK\r\n\r\nabc");
        if (connection === 1) client.socket.end();
        else setTimeout(() => client.socket.resetAndDestroy(), 20);
      });
    });
    expect(
      await rig
        .client()
        .send(get())
        .until(/0\r\n\r\n$/),
    ).toContain("3\r\nabc\r\n0\r\n\r\n");
    const text = await rig.once(get());
    expect(text).toContain("3\r\nabc\r\n");
    expect(text).not.toContain("0\r\n\r\n");
  });
});

describe("a body on its way", () => {
  it("is passed on as it comes", async () => {
    rig = await Rig.start((client) => {
      client.socket.once("data", () => client.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc"));
    });
    const client = rig.client().send(get());
    await client.until(/abc$/);
    rig.connections[0]!.send("def");
    expect(await client.until(/abcdef$/)).toContain("Content-Length: 6");
  });

  it("arrives whole, both ways at once, whatever the size", async () => {
    rig = await Rig.start((client) => {
      client.socket.once("data", () => {
        client.socket.removeAllListeners("data");
        client.socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.socket.write(`${(8_000_000).toString(16)}\r\n`);
        client.socket.write(Buffer.alloc(8_000_000, "d"));
        client.socket.write("\r\n0\r\n\r\n");
        client.socket.on("data", () => {});
      });
    });
    const client = rig.client().send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n`);
    client.socket.write(Buffer.alloc(8_000_000, "u"));
    const text = await client.until(/\r\n0\r\n\r\n$/);
    expect(text.replace(/^[^]*?\r\n\r\n/, "").match(/d/g)!.length).toBeGreaterThanOrEqual(8_000_000);
  });

  it("waits for a slow client without filling memory", async () => {
    const size = 128 * 1024 * 1024;
    rig = await Rig.start((client) => {
      client.socket.once("data", () => {
        client.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        client.socket.write(Buffer.alloc(size));
      });
    });
    const client = rig.client().send(get());
    await client.until(/200 OK/);
    client.socket.pause();
    const upstream = rig.connections[0]!;
    await Rig.settled(() => process.memoryUsage().arrayBuffers);
    expect(upstream.socket.writableLength).toBeGreaterThan(0);
    let received = client.received.length;
    client.received = "";
    client.socket.removeAllListeners("data");
    client.socket.on("data", (bytes: Buffer) => (received += bytes.length));
    client.socket.resume();
    await Rig.eventually(() => received > size);
  });

  it("is told to the client's side as failed when the client leaves", async () => {
    rig = await Rig.start(() => {});
    const client = rig.client().send(post("abc").replace("3", "9"));
    await Rig.eventually(() => rig.connections.length === 1);
    client.close();
    await Rig.eventually(() => rig.transport.openConnections === 0);
    expect(rig.events).toContain("aborted");
  });
});
