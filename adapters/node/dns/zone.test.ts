import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { MemoryRandom } from "../../memory/index.ts";
import { DnsFailure, Resolver } from "../../../core/index.ts";
import { describeZone } from "../../../test/contracts/dns.ts";
import { NodeDnsTransport } from "./transport.ts";

const { bind9, unbound } = inject("nameServers");
const deadServer = `127.0.0.1:${inject("deadPort")}`;

describeZone("bind9", { server: bind9, deadServer, transport: () => new NodeDnsTransport() });
describeZone("unbound", { server: unbound, deadServer, transport: () => new NodeDnsTransport() });

/** A header and a question for `a.test`, type A, as an answer with one address. */
const answerTo = (query: Buffer, id: number, ip: readonly number[]): Buffer => {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const head = Buffer.from([id >> 8, id & 255, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...ip]);
  return Buffer.concat([head, question, record]);
};

describe("a server that misbehaves", () => {
  const liar = createSocket("udp4");
  const ports = new Set<number>();
  let address = "";
  beforeAll(
    () =>
      new Promise<void>((resolve) => {
        liar.on("message", (query, { port }) => {
          ports.add(port);
          const id = query.readUInt16BE(0);
          const say = (message: Buffer): void => liar.send(message, port, "127.0.0.1");
          say(Buffer.from("no DNS at all"));
          say(answerTo(query, id ^ 1, [6, 6, 6, 6]));
          say(
            answerTo(
              Buffer.concat([query.subarray(0, 12), Buffer.from("\x04evil\0\0\x01\0\x01")]),
              id,
              [6, 6, 6, 6],
            ),
          );
          say(answerTo(query, id, [10, 0, 0, 1]));
        });
        liar.bind(0, "127.0.0.1", () => {
          address = `127.0.0.1:${liar.address().port}`;
          resolve();
        });
      }),
  );
  afterAll(() => new Promise<void>((resolve) => liar.close(() => resolve())));
  const resolverOf = (servers: readonly string[], timeoutMs = 2000): Resolver =>
    new Resolver({
      transport: new NodeDnsTransport(),
      random: new MemoryRandom(5),
      servers,
      timeoutMs,
      attempts: servers.length,
    });

  test("is not believed when the id or the question is another", async () => {
    const reply = await resolverOf([address]).query("a.test", "A");
    expect(reply.records).toMatchObject([{ address: "10.0.0.1" }]);
  });

  test("sees each question come from another port", async () => {
    ports.clear();
    const resolver = resolverOf([address]);
    for (let i = 0; i < 8; i++) await resolver.query("a.test", "A");
    expect(ports.size).toBeGreaterThan(1);
  });

  test("and says nothing is given up in time, and the next one asked", async () => {
    const silent = createSocket("udp4");
    await new Promise<void>((resolve) => silent.bind(0, "127.0.0.1", resolve));
    const deaf = `127.0.0.1:${silent.address().port}`;
    const reply = await resolverOf([deaf, address], 150).query("a.test", "A");
    expect(reply.records).toHaveLength(1);
    await expect(resolverOf([deaf], 20).query("a.test", "A")).rejects.toThrow(DnsFailure);
    silent.close();
  });

  test("and closes a TCP connection without an answer fails the try", async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const exchange = new NodeDnsTransport().exchange(`127.0.0.1:${port}`, new Uint8Array(20), {
      overStream: true,
      timeoutMs: 2000,
      accepts: () => true,
    });
    await expect(exchange).rejects.toThrow(/closed the connection/);
    server.close();
  });
});
