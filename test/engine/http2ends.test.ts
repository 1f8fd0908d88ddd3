import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CANCEL,
  COMPRESSION_ERROR,
  CONTINUATION,
  ENHANCE_YOUR_CALM,
  FLOW_CONTROL_ERROR,
  HEADERS,
  NO_ERROR,
  PING,
  PREFACE,
  PROTOCOL_ERROR,
  SETTING,
  STREAM_CLOSED,
  frameHead,
  goawayFrame,
  pingFrame,
  resetFrame,
  settingsFrame,
  windowFrame,
} from "../../adapters/node/http2/frame.ts";
import { FrameClient } from "./http2client.ts";
import { connect, start, started } from "./http2rig.ts";
import { Rig } from "./rig.ts";

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
    await Rig.eventually(() => started().transport.openConnections === 0);
  });

  it("when data exceeds a stream's window, only for that stream", async () => {
    const client = await connect((raw) => void raw.socket.pause());
    client.ask(1, { method: "POST", ends: false });
    for (let i = 0; i < 2_000 && client.code(1) === undefined; i++) client.data(1, "u".repeat(16_384));
    await Rig.eventually(
      () => client.code(1) === FLOW_CONTROL_ERROR || client.code(0) === FLOW_CONTROL_ERROR,
    );
    client.raw.close();
    await Rig.eventually(() => started().transport.openConnections === 0);
  });

  it("when its answers to pings are not read", async () => {
    const { port, listener } = await start();
    const client = new FrameClient(started().client());
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
    await started().client().send(text).end();
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
    const closing = started().listener.close({ graceMs: 2_000 });
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
    await Rig.eventually(() => started().transport.openConnections === 0);
  });
});

describe("whatever the bytes", () => {
  it("nothing is left behind, and the next client is served", async () => {
    await start();
    const { listener } = started();
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
        const client = new FrameClient(started().client());
        client.send(frames.join(""));
        client.raw.socket.end();
        await client.raw.closed;
        await Rig.eventually(() => listener.counters.open === 0 && listener.counters.active === 0);
      }),
      { numRuns: 150 },
    );
    const client = new FrameClient(started().client());
    client.ask(1);
    await Rig.eventually(() => client.status(1) === "200");
  });
});
