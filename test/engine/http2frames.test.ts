import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import {
  CANCEL,
  COMPRESSION_ERROR,
  CONTINUATION,
  DATA,
  END_HEADERS,
  ENHANCE_YOUR_CALM,
  FLOW_CONTROL_ERROR,
  HEADERS,
  NO_ERROR,
  PING,
  PREFACE,
  PROTOCOL_ERROR,
  REFUSED_STREAM,
  SETTING,
  STREAM_CLOSED,
  type Setting,
  WINDOW_UPDATE,
  frameHead,
  goawayFrame,
  headersFrames,
  pingFrame,
  resetFrame,
  settingsFrame,
  windowFrame,
} from "../../adapters/node/http2/frame.ts";
import { FrameClient } from "./http2client.ts";
import { Rig, type Script, always, ok } from "./rig.ts";

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const start = async (script: Script = always(ok()), more = {}): Promise<Rig> =>
  (rig = await Rig.start(script, { where: { http2: true }, ...more }));

const connect = async (script?: Script, more = {}, ...settings: readonly Setting[]): Promise<FrameClient> =>
  new FrameClient((await start(script, more)).client(), ...settings);

const download = (bytes: number): Script => always(ok("d".repeat(bytes)));

describe("an answer on an HTTP/2 stream", () => {
  it("stays within the window of its stream, and goes on when it grows", async () => {
    const client = await connect(download(100_000), {}, [SETTING.initialWindowSize, 1_000]);
    client.ask(1);
    await Rig.eventually(() => client.received(1) === 1_000);
    client.send(windowFrame(1, 70_000));
    // The connection's window has 65,535 bytes.
    await Rig.eventually(() => client.received(1) === 65_535);
    client.send(windowFrame(0, 100_000));
    await Rig.eventually(() => client.received(1) === 71_000);
    client.send(windowFrame(1, 100_000));
    await Rig.eventually(() => client.received(1) === 100_000);
    expect(client.frames.at(-1)?.flags).toBe(1);
  });

  it("waits while a window is below zero", async () => {
    const client = await connect(download(5_000), {}, [SETTING.initialWindowSize, 1_000]);
    client.ask(1);
    await Rig.eventually(() => client.received(1) === 1_000);
    client.send(
      settingsFrame([SETTING.initialWindowSize, 0]) + windowFrame(1, 1_000) + pingFrame(0, "so far??"),
    );
    await Rig.eventually(() => client.of(0, PING).length === 1);
    expect(client.received(1)).toBe(1_000);
    client.send(windowFrame(1, 5_000));
    await Rig.eventually(() => client.received(1) === 5_000);
  });

  it("ends while its window is below zero", async () => {
    const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n";
    const client = await connect(
      (raw) => void raw.until(/\r\n\r\n/).then(() => raw.send(`${chunked}${"d".repeat(1_000)}\r\n`)),
      {},
      [SETTING.initialWindowSize, 1_000],
    );
    client.ask(1);
    await Rig.eventually(() => client.received(1) === 1_000);
    client.send(settingsFrame([SETTING.initialWindowSize, 0]) + pingFrame(0, "below 0?"));
    await Rig.eventually(() => client.of(0, PING).length === 1);
    rig!.connections[0]!.send("0\r\n\r\n");
    await Rig.eventually(() => client.frames.at(-1)?.streamId === 1 && client.frames.at(-1)?.flags === 1);
    expect(client.received(1)).toBe(1_000);
  });

  it("that stalls does not hold up another", async () => {
    const client = await connect(download(30_000), {}, [SETTING.initialWindowSize, 100]);
    client.ask(1).ask(3);
    await Rig.eventually(() => client.received(1) === 100 && client.received(3) === 100);
    client.send(windowFrame(3, 30_000));
    await Rig.eventually(() => client.received(3) === 30_000);
    client.send(resetFrame(1, CANCEL));
    await Rig.eventually(() => rig!.events.includes("aborted"));
  });

  it("that nobody takes in time is reset", async () => {
    const limits = { sendTimeoutMs: 60 };
    const client = await connect(download(30_000), { limits }, [SETTING.initialWindowSize, 100]);
    client.ask(1);
    await Rig.eventually(() => client.code(1) === CANCEL);
  });

  it("comes in frames no larger than agreed, a large head in several", async () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${"X-Large: ".padEnd(8_000, "é")}\r\n`;
    const fields = Array.from({ length: 5 }, (_, i) => `X-Large-${i}: ${"\xff".repeat(7_000)}\r\n`).join("");
    const client = await connect(always(`${head}${fields}\r\n`));
    client.ask(1);
    await Rig.eventually(() => client.of(1, CONTINUATION).some(({ flags }) => flags === END_HEADERS));
    expect(client.of(1, HEADERS)[0]!.payload).toHaveLength(16_384);
  });

  it("ends a request whose body is not complete with NO_ERROR", async () => {
    const client = await connect();
    client.ask(1, { method: "POST", ends: false });
    await Rig.eventually(() => client.code(1) === NO_ERROR);
    expect(client.status(1)).toBe("200");
    // What was on its way by then is nothing to complain about.
    client.data(1, "late", true).ask(3);
    await Rig.eventually(() => client.status(3) === "200");
  });
});

describe("a request on an HTTP/2 stream", () => {
  it("may expect 100", async () => {
    const client = await connect((raw) => void raw.until(/\r\n\r\nab$/).then(() => raw.send(ok())));
    client.ask(1, { method: "POST", ends: false, more: ["expect", "100-continue", "content-length", "2"] });
    await Rig.eventually(() => client.status(1) === "100");
    client.data(1, "ab", true);
    await Rig.eventually(() => client.of(1, HEADERS)[1]?.fields?.[1] === "200");
  });

  it("may come byte by byte", async () => {
    const client = await connect();
    const fields = [":method", "POST", ":scheme", "http", ":path", "/", ":authority", "h.test"];
    const text =
      headersFrames(1, client.block([...fields, "content-length", "5"]), false, 16_384) +
      frameHead(5, DATA, 1, 1) +
      "hello" +
      pingFrame(0, "all sent");
    for (const byte of text) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Rig.eventually(() => client.status(1) === "200" && client.of(0, PING).length === 1);
  });

  it("has one Cookie, however it was crumbled", async () => {
    const heads: string[] = [];
    const client = await connect((raw) => void raw.until(/\r\n\r\n/).then((head) => heads.push(head)));
    client.ask(1, { more: ["cookie", "a=1", "x", "y", "cookie", "b=2"] });
    await Rig.eventually(() => heads[0]?.includes("cookie: a=1; b=2\r\nx: y\r\n") === true);
  });

  it("gets room for its body as the upstream takes it, and no more", async () => {
    const client = await connect((raw) => void raw.socket.pause());
    client.ask(1, { method: "POST", ends: false });
    const piece = "u".repeat(16_384);
    const granted = (): number =>
      client.of(1, WINDOW_UPDATE).reduce((sum, { payload }) => sum + payload.readUInt32BE(), 65_535);
    let sent = 0;
    const fill = (): void => {
      for (; sent + piece.length <= granted(); sent += piece.length) client.data(1, piece);
    };
    client.raw.socket.on("data", fill);
    fill();
    await Rig.settled(() => sent);
    const stalled = sent;
    expect(stalled).toBeLessThan(20_000_000);
    rig!.connections[0]!.socket.resume();
    await Rig.eventually(() => sent > stalled + 1_000_000);
    expect(rig!.connections[0]!.received.length).toBeGreaterThan(1_000_000);
    client.raw.close();
  });

  it("with a larger head than allowed is refused", async () => {
    const client = await connect(undefined, { limits: { maxHeadBytes: 1_000 } });
    client.ask(1, { more: ["x-large", "a".repeat(1_000)] }).ask(3);
    await Rig.eventually(() => client.status(1) === "400" && client.status(3) === "200");
  });

  it.each([
    ["a name in upper case", ["X-A", "1"]],
    ["a name with a colon", ["x:a", "1"]],
    ["an empty name", ["", "1"]],
    ["a line end in a value", ["x-a", "1\r\nX-B: 2"]],
    ["a NUL in a value", ["x-a", "\0"]],
    ["white space before a value", ["x-a", " 1"]],
    ["a field of the connection", ["connection", "close"]],
    ["a transfer coding", ["transfer-encoding", "chunked"]],
    ["a pseudo field behind others", ["x-a", "1", ":path", "/b"]],
    ["a pseudo field of responses", [":status", "200"]],
    ["te", ["te", "gzip"]],
    ["two lengths", ["content-length", "1", "content-length", "2"]],
    ["a length without a body", ["content-length", "1"]],
  ])("is malformed by %s, which leaves the connection as it is", async (_title, more) => {
    const client = await connect();
    client.ask(1, { more });
    await Rig.eventually(() => client.code(1) === PROTOCOL_ERROR);
    client.ask(3);
    await Rig.eventually(() => client.status(3) === "200");
    expect(rig!.connections).toHaveLength(1);
  });

  it.each([
    ["longer", "abc"],
    ["shorter", "a"],
  ])("is malformed by a body %s than declared", async (_title, body) => {
    const client = await connect(() => {});
    client.ask(1, { method: "POST", ends: false, more: ["content-length", "2"] });
    client.data(1, body, true);
    await Rig.eventually(() => client.code(1) === PROTOCOL_ERROR);
    await Rig.eventually(() => rig!.transport.openConnections === 0);
  });

  it("beyond 128 at a time is refused", async () => {
    const client = await connect(() => {});
    for (let i = 0; i < 129; i++) client.ask(2 * i + 1);
    await Rig.eventually(() => client.code(257) === REFUSED_STREAM);
    client.raw.close();
    await Rig.eventually(() => rig!.transport.openConnections === 0);
  });
});

describe("an HTTP/2 connection is ended", () => {
  it.each<[title: string, code: number, break_: (client: FrameClient) => void]>([
    [
      "for a header block that is none",
      COMPRESSION_ERROR,
      (c) => c.send(`${frameHead(1, HEADERS, 5, 1)}\x80`),
    ],
    [
      "for another frame within a header block",
      PROTOCOL_ERROR,
      (c) => c.send(frameHead(0, HEADERS, 1, 1)).ask(3),
    ],
    ["for an even stream", PROTOCOL_ERROR, (c) => c.ask(2)],
    ["for a stream that was passed over", PROTOCOL_ERROR, (c) => c.ask(5).ask(3)],
    ["for data on a stream that has not begun", PROTOCOL_ERROR, (c) => c.data(1, "x")],
    ["for a window beyond its bounds", FLOW_CONTROL_ERROR, (c) => c.send(windowFrame(0, 0x7fffffff))],
    [
      "for streams' windows beyond their bounds",
      FLOW_CONTROL_ERROR,
      (c) =>
        c
          .ask(1, { method: "POST", ends: false })
          .send(windowFrame(1, 0x7fff0000) + settingsFrame([SETTING.initialWindowSize, 0x7fffffff])),
    ],
    [
      "for a header block without an end",
      ENHANCE_YOUR_CALM,
      (c) => {
        c.send(frameHead(0, HEADERS, 1, 1));
        for (let i = 0; i < 70; i++) c.send(frameHead(0, CONTINUATION, 0, 1));
      },
    ],
    [
      "for a header block that is too large",
      ENHANCE_YOUR_CALM,
      (c) => {
        c.send(frameHead(0, HEADERS, 1, 1));
        for (let i = 0; i < 20; i++) c.send(frameHead(16_384, CONTINUATION, 0, 1) + "\0".repeat(16_384));
      },
    ],
    [
      "for requests that are reset again and again",
      ENHANCE_YOUR_CALM,
      (c) => {
        for (let i = 0; i < 2_100; i++) c.ask(2 * i + 1).send(resetFrame(2 * i + 1, CANCEL));
      },
    ],
  ])("%s", async (_title, code, break_) => {
    const client = await connect(() => {});
    break_(client);
    await Rig.eventually(() => client.code(0) === code);
    await client.raw.end();
    await Rig.eventually(() => rig!.transport.openConnections === 0);
  });

  it("when data exceeds a stream's window, only for that stream", async () => {
    const client = await connect((raw) => void raw.socket.pause());
    client.ask(1, { method: "POST", ends: false });
    for (let i = 0; i < 2_000 && client.code(1) === undefined; i++) client.data(1, "u".repeat(16_384));
    await Rig.eventually(
      () => client.code(1) === FLOW_CONTROL_ERROR || client.code(0) === FLOW_CONTROL_ERROR,
    );
    client.raw.close();
    await Rig.eventually(() => rig!.transport.openConnections === 0);
  });

  it("when its answers to pings are not read", async () => {
    const { port, listener } = await start();
    const client = new FrameClient(rig!.client());
    client.raw.socket.pause();
    const pings = pingFrame(0, "12345678").repeat(10_000);
    const timer = setInterval(() => client.raw.socket.writable && client.send(pings), 2);
    await Rig.eventually(() => listener.counters.open === 0 && listener.counters.accepted === 1);
    clearInterval(timer);
    expect(port).toBeGreaterThan(0);
  });

  it.each([
    ["a preface that stops", PREFACE.slice(0, 20)],
    ["a head that stops", `${PREFACE}${settingsFrame()}${frameHead(10, HEADERS, 5, 1)}`],
    ["a header block that stops", `${PREFACE}${settingsFrame()}${frameHead(0, HEADERS, 1, 1)}`],
  ])("for %s", async (_title, text) => {
    await start(undefined, { limits: { headTimeoutMs: 60 } });
    await rig!.client().send(text).end();
  });

  it("when it idles, and the client is told", async () => {
    const client = await connect(undefined, { limits: { keepAliveMs: 60, lingerMs: 60 } });
    client.ask(1);
    await Rig.eventually(() => client.code(0) === NO_ERROR);
    await client.raw.end();
    expect(client.status(1)).toBe("200");
  });

  it("after the streams that were on their way when the listener closed", async () => {
    const client = await connect();
    client.ask(1);
    await Rig.eventually(() => client.status(1) === "200");
    const closing = rig!.listener.close({ graceMs: 2_000 });
    // The first warning names no last stream: what follows it is served still.
    await Rig.eventually(() => client.of(0, PING).length === 1);
    client.ask(3);
    await Rig.eventually(() => client.status(3) === "200");
    client.send(pingFrame(1, "lastcall"));
    await Rig.eventually(() => client.frames.filter(({ type }) => type === 7).length === 2);
    expect(client.frames.findLast(({ type }) => type === 7)!.payload.readUInt32BE(0)).toBe(3);
    await closing;
  });

  it("when the client says goodbye and has what it wanted", async () => {
    const client = await connect();
    client.ask(1).send(goawayFrame(0, NO_ERROR));
    await client.raw.end();
    expect(client.status(1)).toBe("200");
  });
});

describe("frames for a stream that is over", () => {
  it("end the connection when both sides were done", async () => {
    const client = await connect();
    client.ask(1);
    await Rig.eventually(() => client.received(1) === 2);
    client.data(1, "more");
    await Rig.eventually(() => client.code(0) === STREAM_CLOSED);
  });

  it("are refused when the client had reset it", async () => {
    const client = await connect(() => {});
    client.ask(1).send(resetFrame(1, CANCEL)).data(1, "more");
    await Rig.eventually(() => client.code(1) === STREAM_CLOSED);
    await Rig.eventually(() => rig!.transport.openConnections === 0);
  });
});

describe("whatever the bytes", () => {
  it("nothing is left behind, and the next client is served", async () => {
    await start();
    const { listener } = rig!;
    const anyFrame = fc
      .record({
        length: fc.constantFrom(0, 1, 4, 5, 6, 8, 20),
        type: fc.nat(10),
        flags: fc.constantFrom(0, 1, 4, 5, 8, 0x2d),
        streamId: fc.constantFrom(0, 1, 2, 3, 5),
        fill: fc.constantFrom("\0", "\x82", "\x01", "\xff"),
      })
      .map(
        ({ length, type, flags, streamId, fill }) =>
          frameHead(length, type, flags, streamId) + fill.repeat(length),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(anyFrame, { maxLength: 12 }), async (frames) => {
        const client = new FrameClient(rig!.client());
        client.send(frames.join(""));
        client.raw.socket.end();
        await client.raw.closed;
        await Rig.eventually(() => listener.counters.open === 0 && listener.counters.active === 0);
      }),
      { numRuns: 150 },
    );
    const client = new FrameClient(rig!.client());
    client.ask(1);
    await Rig.eventually(() => client.status(1) === "200");
  });
});
