// Clients and upstreams that misbehave in every way at once, in HTTP/1.1 and HTTP/2; afterwards nothing may be left
// open, nor memory held:
// node test/engine/abuse.ts [seconds] [seed]
import { readdirSync } from "node:fs";
import {
  CANCEL,
  CONTINUATION,
  HEADERS,
  PREFACE,
  SETTING,
  frameHead,
  goawayFrame,
  pingFrame,
  resetFrame,
  windowFrame,
} from "../../adapters/node/http2/frame.ts";
import { FrameClient } from "./http2client.ts";
import { RawClient, Rig, ok } from "./rig.ts";

const seconds = Number(process.argv[2] ?? 60);
let seed = Number(process.argv[3] ?? 1);
/** A number in [0, 1), the same in every run of one seed. */
const chance = (): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const chunkedAnswer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"5\r\nhello\r\n".repeat(50)}0\r\n\r\n`;

/** What an upstream does once a request has come. */
const upstreamWays: readonly ((client: RawClient) => void)[] = [
  (client) => void client.send(ok()),
  (client) => void client.send(ok("x".repeat(200_000))),
  (client) => void client.send(chunkedAnswer),
  (client) => client.reset(),
  (client) => void client.socket.end(),
  (client) => void client.send("HTTP/1.1 200 OK\r\nContent-Le"),
  (client) => void client.send("garbage\r\n\r\n"),
  (client) => void client.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").socket.end(),
  (client) => client.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").reset(),
  (client) => void client.send("HTTP/1.1 200 OK\r\n\r\nuntil the end").socket.end(),
  (client) => void client.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nframes"),
  (client) => void client.send(`HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n${ok()}`),
  (client) => void client.send(`${ok()}HTTP/1.1 200 OK\r\n\r\nunasked`),
  (client) => void client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
  () => {},
];

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const post = (bytes: number): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`;

/** What a client does with a connection. */
const clientWays: readonly ((client: RawClient) => Promise<void> | void)[] = [
  (client) => void client.send(get),
  (client) => void client.send(get.repeat(1 + Math.floor(chance() * 20))),
  (client) => void client.send(get).socket.end(),
  (client) => client.send(get).reset(),
  (client) => void client.send(get.slice(0, Math.floor(chance() * get.length))),
  (client) => void client.send(`${post(1_000_000)}${"x".repeat(Math.floor(chance() * 300_000))}`),
  (client) => void client.send(`${post(300_000)}${"x".repeat(300_000)}${get}`),
  (client) => void client.send(`${post(9)}abc`).socket.end(),
  (client) =>
    void client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello"),
  (client) => void client.send(post(5).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n")),
  (client) => void client.send("\x16\x03\x01 this is TLS"),
  (client) =>
    void client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"),
  async (client) => {
    for (const letter of get) {
      client.send(letter);
      await pause(chance() * 4);
    }
  },
  (client) => {
    client.send(get.repeat(5));
    client.socket.pause();
  },
  () => {},
  (client) => {
    const frames = new FrameClient(client, [SETTING.initialWindowSize, pick([0, 1, 100, 65_535, 1_000_000])]);
    for (let id = 1; id < 60; id += 2) frames.ask(id, { method: pick(["GET", "HEAD", "DELETE"]) });
    if (chance() < 0.5) frames.send(windowFrame(0, 1_000_000) + windowFrame(1, 70_000));
    if (chance() < 0.3) frames.send(goawayFrame(0, 0));
  },
  (client) => {
    const frames = new FrameClient(client);
    for (let id = 1; id < 200; id += 2) frames.ask(id).send(resetFrame(id, CANCEL));
  },
  async (client) => {
    const frames = new FrameClient(client);
    frames
      .ask(1, { method: "POST", ends: false })
      .ask(3, { method: "PUT", ends: false, more: ["content-length", "9"] });
    for (let i = 0; i < 30; i++) {
      frames.data(1, "u".repeat(Math.floor(chance() * 16_384)), chance() < 0.05);
      if (chance() < 0.1) frames.data(3, "abc");
      await pause(chance() * 5);
    }
  },
  (client) => void client.send(PREFACE.slice(0, Math.floor(chance() * 30))),
  (client) =>
    void new FrameClient(client).send(
      frameHead(20, HEADERS, 4, 1) + "\x82".repeat(Math.floor(chance() * 30)),
    ),
  (client) =>
    void new FrameClient(client).send(
      frameHead(0, HEADERS, 0, 1) + frameHead(0, CONTINUATION, 0, 1).repeat(30),
    ),
  (client) => {
    new FrameClient(client).send(pingFrame(0, "pingpong").repeat(500));
    client.socket.pause();
  },
];

const limits = {
  headTimeoutMs: 300,
  bodyTimeoutMs: 300,
  sendTimeoutMs: 500,
  keepAliveMs: 400,
  lingerMs: 200,
};
const rig = await Rig.start(
  (client) => {
    client.socket.on("data", () => {
      if (!client.received.includes("\r\n\r\n") && chance() < 0.9) return;
      client.received = "";
      pick(upstreamWays)(client);
    });
  },
  {
    limits,
    where: { http2: true },
    timeouts: { connectTimeoutMs: 500, writeTimeoutMs: 500, readTimeoutMs: 400 },
    transport: { pool: { maxIdle: 20, idleMs: 300, maxRequests: 50 } },
  },
);
const { counters } = rig.listener;
const sockets = (): number => readdirSync("/proc/self/fd").length;
const before = sockets();
const until = performance.now() + seconds * 1_000;
const one = async (): Promise<void> => {
  while (performance.now() < until) {
    const client = RawClient.open(rig.port);
    await pick(clientWays)(client);
    await Promise.race([client.closed, pause(chance() * 400)]);
    if (chance() < 0.5) client.reset();
    else client.close();
    await client.closed;
    if (chance() < 0.01) for (const connection of rig.connections.splice(0, 50)) connection.close();
  }
};
await Promise.all(Array.from({ length: 60 }, one));
await Rig.eventually(() => counters.open === 0 && counters.active === 0);
await Rig.eventually(() => rig.transport.openConnections === 0);
for (const connection of rig.connections) connection.close();
await Rig.eventually(() => sockets() <= before + 2);
const aborted = rig.events.filter((event) => event === "aborted").length;
const finished = rig.events.filter((event) => event.startsWith("finished")).length;
const { accepted, requests, refused } = counters;
const upstreams = rig.connections.splice(0).length;
rig.events.length = 0;
globalThis.gc?.();
console.log(
  JSON.stringify({
    accepted,
    requests,
    refused,
    aborted,
    finished,
    openFiles: [before, sockets()],
    upstreams,
    heapMiB: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
  }),
);
await rig.stop();
