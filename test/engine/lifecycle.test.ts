import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "../../adapters/node/http/listener.ts";
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import { RawClient, Rig, always, ok } from "./rig.ts";
import { straightHandler } from "./straight.ts";

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const slow = (client: RawClient): void =>
  void client.until(/\r\n\r\n/).then(() => setTimeout(() => client.send(ok()), 80));

describe("a listener on every IPv6 address", () => {
  it("leaves IPv4 to another", async () => {
    rig = await Rig.start(always(ok()), { where: { host: "0.0.0.0" } });
    const handler = straightHandler(new NodeTransport(), { host: "127.0.0.1", port: 1, tls: undefined });
    const other = await listen({ host: "::", port: rig.port }, handler);
    const client = rig.keep(RawClient.open(rig.port, "::1"));
    expect(await client.send(get).until(/refused\n$/)).toContain("502");
    expect(await rig.client().send(get).until(/ok$/)).toContain("200 OK");
    client.close();
    await other.close({ graceMs: 50 });
  });
});

describe("closing a listener", () => {
  it("accepts nobody, lets a request finish, says close, and ends by itself", async () => {
    rig = await Rig.start(slow);
    const client = rig.client().send(get);
    await Rig.eventually(() => rig!.connections.length === 1);
    const closing = rig.listener.close({ graceMs: 2_000 });
    const refused = await new Promise((resolve) =>
      connect(rig!.port, "127.0.0.1").once("error", resolve).once("connect", resolve),
    );
    expect(refused).toBeInstanceOf(Error);
    expect(await client.end()).toMatch(/Connection: close\r\n\r\nok$/);
    await closing;
    expect(rig.listener.counters.open).toBe(0);
  });

  it("closes idle connections after a short grace, and answers what they send within it", async () => {
    rig = await Rig.start(always(ok()));
    const [idle, busy] = [rig.client(), rig.client()];
    await idle.send(get).until(/ok$/);
    await busy.send(get).until(/ok$/);
    const closing = rig.listener.close({ graceMs: 400 });
    expect(await busy.send(get).end()).toMatch(/keep-alive[^]*ok[^]*Connection: close\r\n\r\nok$/);
    expect((await idle.end()).match(/HTTP/g)).toHaveLength(1);
    await closing;
  });

  it("cuts what is left after the grace, and can be called twice", async () => {
    rig = await Rig.start(() => {});
    const client = rig.client().send(get);
    await Rig.eventually(() => rig!.connections.length === 1);
    await Promise.all([rig.listener.close({ graceMs: 100 }), rig.listener.close({ graceMs: 50 })]);
    await client.end();
    expect(rig.events).toEqual(["aborted", "finished 0"]);
  });
});

describe("counters", () => {
  it("tell connections, requests and bytes", async () => {
    rig = await Rig.start(slow);
    const { counters } = rig.listener;
    const client = rig.client().send(get);
    await Rig.eventually(() => counters.active === 1);
    expect([counters.accepted, counters.open, counters.requests]).toEqual([1, 1, 1]);
    await client.until(/ok$/);
    await Rig.eventually(() => counters.active === 0);
    expect(counters.open).toBe(1);
    client.close();
    await Rig.eventually(() => counters.open === 0);
    expect([counters.bytesRead, counters.bytesWritten]).toEqual([get.length, client.received.length]);
  });
});

describe("a listening server", () => {
  it("goes on in another thread with no connection refused", async () => {
    rig = await Rig.start(always(ok()));
    const { port } = rig;
    const transport = new NodeTransport();
    const code = `
      const { parentPort } = require("node:worker_threads");
      Promise.all([import(${JSON.stringify(new URL("../../adapters/node/http/listener.ts", import.meta.url).href)})]).then(([{ adoptServer }]) => {
        parentPort.once("message", ({ server }) => {
          const answer = (downstream) => downstream.respond({ status: 200, reason: "", headers: [], body: "successor", declaredLengthBytes: undefined, tunnel: undefined });
          const events = { aborted() {}, finished() {} };
          const handler = { handle(request, downstream) { answer(downstream); return events; }, refuse(status, request, downstream) { answer(downstream); return events; } };
          const listener = adoptServer(server, {}, handler);
          parentPort.postMessage(listener.address.port);
          parentPort.once("message", () => listener.close({ graceMs: 10 }).then(() => process.exit(0)));
        });
        parentPort.postMessage("ready");
      });`;
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve) => worker.once("message", resolve));
    await rig.client().send(get).until(/ok$/);
    const { server } = rig.listener;
    // Node can move a listening server; its types do not know.
    Reflect.apply(worker.postMessage.bind(worker), undefined, [{ server }, [server]]);
    expect(await new Promise((resolve) => worker.once("message", resolve))).toBe(port);
    for (let i = 0; i < 20; i++)
      expect(
        await rig
          .client()
          .send(get)
          .until(/successor$/),
      ).toContain("200");
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, no window
    worker.postMessage("close");
    await new Promise((resolve) => worker.once("exit", resolve));
    transport.close();
  });
});
