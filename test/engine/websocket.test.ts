import { type Socket as NetSocket, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type Listener, listen } from "../../adapters/node/http/listener.ts";
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import { Rig, always, ok, portOf } from "./rig.ts";
import { straightHandler } from "./straight.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

let rig: Rig | undefined;
let listener: Listener;
let transport: NodeTransport;
let server: WebSocketServer;

const start = async (readTimeoutMs = 5_000): Promise<string> => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on("error", () => {});
  });
  const port = portOf(server);
  transport = new NodeTransport();
  const timeouts = { connectTimeoutMs: 1_000, writeTimeoutMs: 1_000, readTimeoutMs };
  listener = await listen(
    { host: "127.0.0.1", port: 0 },
    straightHandler(transport, { host: "127.0.0.1", port, tls: undefined }, timeouts),
  );
  return `ws://127.0.0.1:${listener.address.port}/chat`;
};

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
  transport?.close();
  await listener?.close({ graceMs: 100 });
  for (const socket of server?.clients ?? []) socket.terminate();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

describe("a WebSocket", () => {
  it("echoes small and large messages through the gateway, and closes with its code", async () => {
    const socket = new WebSocket(await start());
    await new Promise((resolve) => socket.once("open", resolve));
    for (const size of [1, 1_000, 70_000, 5_000_000]) {
      const message = Buffer.alloc(size, "m");
      socket.send(message);
      const echo = await new Promise<Buffer>((resolve) => socket.once("message", resolve));
      expect(Buffer.compare(echo, message)).toBe(0);
    }
    expect(listener.counters.active).toBe(1);
    socket.close(4_001, "bye");
    const code = await new Promise((resolve) => socket.once("close", resolve));
    expect(code).toBe(4_001);
    await Rig.eventually(() => listener.counters.open === 0 && transport.openConnections === 0);
  });

  it("ends when nothing was said for the read timeout", async () => {
    const socket = new WebSocket(await start(80));
    await new Promise((resolve) => socket.once("open", resolve));
    const code = await new Promise((resolve) => socket.once("close", resolve));
    expect(code).toBe(1_006);
    await Rig.eventually(() => listener.counters.open === 0 && transport.openConnections === 0);
  });

  it("takes the upstream's connection with it when the client vanishes", async () => {
    const socket = new WebSocket(await start());
    const under = await new Promise<NetSocket>((resolve) =>
      socket.once("upgrade", (response) => resolve(response.socket)),
    );
    under.destroy();
    await Rig.eventually(() => listener.counters.open === 0 && transport.openConnections === 0);
    expect(listener.counters.active).toBe(0);
    socket.on("error", () => {});
    socket.terminate();
  });

  it("that the upstream refuses is an ordinary answer", async () => {
    rig = await Rig.start(always(ok("no")));
    const client = rig
      .client()
      .send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect(await client.until(/no$/)).toMatch(/^HTTP\/1.1 200 OK/);
    expect(await client.send(get).until(/no[^]*no$/)).toContain("keep-alive");
  });
});

/** A masked frame as clients send them; the mask is all zeros, so the payload stays legible. */
function frame(opcode: number, payload: string | Buffer, { ends = true, reserved = 0 } = {}): Buffer {
  const bytes = Buffer.from(payload);
  const { length } = bytes;
  const first = (ends ? 0x80 : 0) | (reserved << 4) | opcode;
  const size = [length < 126 ? length : length < 65_536 ? 126 : 127];
  const more = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (more.length === 2) more.writeUInt16BE(length);
  if (more.length === 8) more.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([Buffer.from([first, 0x80 | size[0]!]), more, Buffer.alloc(4), bytes]);
}

const [CONTINUED, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const;
const closing = (code: number, reason: string | Buffer = ""): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return frame(CLOSE, Buffer.concat([bytes, Buffer.from(reason)]));
};
const bye = closing(1_000, "bye");
const part = { ends: false };

/** Conversations after the groups of the Autobahn test suite: what the client sends, write by write. */
const conversations: [title: string, writes: Buffer[]][] = [
  ...[0, 125, 126, 127, 128, 65_535, 65_536, 1_000_000].flatMap((size): [string, Buffer[]][] => [
    [`1 text of ${size} bytes`, [frame(TEXT, "*".repeat(size)), bye]],
    [`1 binary of ${size} bytes`, [frame(BINARY, Buffer.alloc(size, 0xfe)), bye]],
  ]),
  ["1 text of 65,535 bytes in writes of 997", [...pieces(frame(TEXT, "*".repeat(65_535)), 997), bye]],
  ...[0, 5, 125, 126].map((size): [string, Buffer[]] => [
    `2 ping of ${size} bytes`,
    [frame(PING, "p".repeat(size)), bye],
  ]),
  ["2 ping byte by byte", [...pieces(frame(PING, "payload"), 1), bye]],
  ["2 ten pings", [Buffer.concat(Array.from({ length: 10 }, (_, i) => frame(PING, `${i}`))), bye]],
  ["2 pong that nobody asked for", [frame(PONG, "x"), frame(PING, "y"), bye]],
  ...[1, 2, 3, 4, 5, 6, 7].map((reserved): [string, Buffer[]] => [
    `3 reserved bits ${reserved}`,
    [frame(TEXT, "before"), frame(TEXT, "x", { reserved }), frame(PING, "after")],
  ]),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Buffer[]] => [
    `4 opcode ${opcode}`,
    [frame(TEXT, "before"), frame(opcode, "x"), frame(PING, "after")],
  ]),
  ["5 text in two frames", [frame(TEXT, "one", part), frame(CONTINUED, "two"), bye]],
  ["5 ping between", [frame(TEXT, "one", part), frame(PING, "p"), frame(CONTINUED, "two"), bye]],
  ["5 fragmented ping", [frame(PING, "one", part), frame(CONTINUED, "two")]],
  ["5 nothing to continue", [frame(CONTINUED, "one"), frame(TEXT, "two")]],
  ["5 text within text", [frame(TEXT, "one", part), frame(TEXT, "two")]],
  [
    "5 many frames",
    [
      ...Array.from({ length: 50 }, (_, i) => frame(i === 0 ? TEXT : CONTINUED, "ab", part)),
      frame(CONTINUED, ""),
      bye,
    ],
  ],
  ["6 UTF-8", [frame(TEXT, "Hello-µ@ßöäüàá-UTF-8!!"), bye]],
  [
    "6 UTF-8 cut within a character",
    [
      ...[...Buffer.from("κόσμε")].map((byte, i) =>
        frame(i === 0 ? TEXT : CONTINUED, Buffer.from([byte]), part),
      ),
      frame(CONTINUED, ""),
      bye,
    ],
  ],
  ["6 a lone surrogate", [frame(TEXT, Buffer.from([0xed, 0xa0, 0x80])), bye]],
  ["6 beyond U+10FFFF", [frame(TEXT, Buffer.from([0xf4, 0x90, 0x80, 0x80])), bye]],
  ["6 overlong", [frame(TEXT, Buffer.from([0xc0, 0xaf])), bye]],
  ...[
    0, 999, 1_000, 1_001, 1_004, 1_005, 1_006, 1_011, 1_012, 1_015, 1_016, 2_999, 3_000, 4_999, 5_000, 65_535,
  ].map((code): [string, Buffer[]] => [`7 close with ${code}`, [closing(code)]]),
  ["7 close without a code", [frame(CLOSE, "")]],
  ["7 close with half a code", [frame(CLOSE, "\u0003")]],
  ["7 close with 123 bytes", [closing(1_000, "*".repeat(123))]],
  ["7 close with 124 bytes", [closing(1_000, "*".repeat(124))]],
  ["7 close with bad UTF-8", [closing(1_000, Buffer.from([0xce, 0xba, 0xed, 0xa0]))]],
  ["7 data behind the close", [Buffer.concat([bye, frame(TEXT, "late"), frame(PING, "late")])]],
  [
    "9 a message of 4 MiB in frames of 64 KiB",
    [
      ...Array.from({ length: 64 }, (_, i) =>
        frame(i === 0 ? BINARY : CONTINUED, Buffer.alloc(65_536, i), i === 63 ? {} : part),
      ),
      bye,
    ],
  ],
  ["10 a frame without a mask", [Buffer.from([0x81, 1, 65])]],
];

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

/** What a server says in a conversation until it closes. */
function converse(url: string, writes: readonly Buffer[]): Promise<Buffer> {
  const { port, pathname } = new URL(url);
  const socket = connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
  const key = Buffer.alloc(16, "k").toString("base64");
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  const received: Buffer[] = [];
  let isOpen = false;
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  socket.on("data", (bytes: Buffer) => {
    received.push(bytes);
    if (isOpen) return;
    isOpen = Buffer.concat(received).includes("\r\n\r\n");
    if (isOpen) for (const write of writes) socket.write(write);
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    const all = Buffer.concat(received);
    resolve(all.subarray(all.indexOf("\r\n\r\n") + 4));
  });
  return promise;
}

describe("a WebSocket conversation", () => {
  it.each(conversations)("is the same through the gateway as without it: %s", async (_title, writes) => {
    const url = await start();
    const direct = await converse(`ws://127.0.0.1:${portOf(server)}/chat`, writes);
    const proxied = await converse(url, writes);
    expect(direct.length).toBeGreaterThan(0);
    expect(Buffer.compare(proxied, direct)).toBe(0);
    await Rig.eventually(() => listener.counters.open === 0 && transport.openConnections === 0);
  });
});
