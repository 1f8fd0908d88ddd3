import { describe, expect, it } from "vitest";
import {
  DATA,
  HEADERS,
  PING,
  PROTOCOL_ERROR,
  REFUSED_STREAM,
  WINDOW_UPDATE,
  frameHead,
  headersFrames,
  pingFrame,
} from "../../adapters/node/http2/frame.ts";
import { connect, started } from "./http2rig.ts";
import { Rig, ok } from "./rig.ts";

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
    started().connections[0]!.socket.resume();
    await Rig.eventually(() => sent > stalled + 1_000_000);
    expect(started().connections[0]!.received.length).toBeGreaterThan(1_000_000);
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
    expect(started().connections).toHaveLength(1);
  });

  it.each([
    ["longer", "abc"],
    ["shorter", "a"],
  ])("is malformed by a body %s than declared", async (_title, body) => {
    const client = await connect(() => {});
    client.ask(1, { method: "POST", ends: false, more: ["content-length", "2"] });
    client.data(1, body, true);
    await Rig.eventually(() => client.code(1) === PROTOCOL_ERROR);
    await Rig.eventually(() => started().transport.openConnections === 0);
  });

  it("beyond 128 at a time is refused", async () => {
    const client = await connect(() => {});
    for (let i = 0; i < 129; i++) client.ask(2 * i + 1);
    await Rig.eventually(() => client.code(257) === REFUSED_STREAM);
    client.raw.close();
    await Rig.eventually(() => started().transport.openConnections === 0);
  });
});
