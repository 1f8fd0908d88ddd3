import { env } from "cloudflare:workers";
import { expect, inject, test } from "vitest";
import { BytesBody, readAll, type UpstreamRequest, type UpstreamResponse } from "../core/index.ts";
import { describeTransport } from "../test/contracts/transport.ts";
import type { Env } from "./env.ts";
import { HeldTransport } from "./heldtransport.ts";

const transport = new HeldTransport((env as unknown as Required<Env>).UPSTREAMS);
const address = { host: "127.0.0.1", port: inject("upstreamPort"), tls: undefined };

describeTransport("connections that an object holds", () => transport);

const requestOf = (target: string, rest: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: "GET",
  target,
  httpVersion: "1.1",
  headers: ["Host", "own.test"],
  body: undefined,
  upgrade: undefined,
  connectTimeoutMs: 2_000,
  writeTimeoutMs: 2_000,
  readTimeoutMs: 2_000,
  ...rest,
});

const ask = (target: string, rest: Partial<UpstreamRequest> = {}): Promise<UpstreamResponse> =>
  new Promise((resolve, reject) => {
    transport.send(address, requestOf(target, rest), {
      informed: () => undefined,
      responded: resolve,
      failed: ({ cause }) => reject(cause),
    });
  });

const textOf = async ({ body }: UpstreamResponse): Promise<string> =>
  new TextDecoder().decode(await readAll(body!, 1_000_000));

/** The port that the upstream sees: of another connection it is another one. */
const peer = async (): Promise<string> => textOf(await ask("/peer"));

test("one connection serves one exchange after another", async () => {
  const first = await peer();
  await readAll((await ask("/chunked")).body!, 100);
  await ask("/empty");
  await ask("/large/100", { method: "HEAD" });
  expect(await peer()).toBe(first);
});

test("exchanges at the same time have a connection each", async () => {
  const ports = await Promise.all([peer(), peer(), peer()]);
  expect(new Set(ports).size).toBe(3);
});

test("a connection whose upstream asks for its end serves no other", async () => {
  const first = await peer();
  // Answers with `Connection: close`.
  await readAll((await ask("/hop")).body!, 100);
  expect(await peer()).not.toBe(first);
});

test("a connection with a response that nobody read to its end serves no other", async () => {
  const first = await peer();
  (await ask("/large/50000000")).body!.cancel();
  expect(await peer()).not.toBe(first);
});

test("a try that is given up ends its connection, which waits for nothing", async () => {
  const name = "given up while the upstream thinks";
  const headers = ["Host", "own.test", "X-Case", name];
  const call = transport.send(address, requestOf("/silent", { headers, readTimeoutMs: 600_000 }), {
    informed: () => undefined,
    responded: () => expect.fail("nobody answers"),
    failed: () => expect.fail("nothing is told any more"),
  });
  const list = async (of: string): Promise<string[]> => JSON.parse(await textOf(await ask(of))) as string[];
  await expect.poll(() => list("/received"), { timeout: 10_000 }).toContain(name);
  call.cancel();
  await expect.poll(() => list("/aborted"), { timeout: 10_000 }).toContain(name);
}, 30_000);

test.each([
  ["cookies of 16 KB", "a=1; ".repeat(3_200).trim()],
  ["60 KB of quotes and percent signs", '%"'.repeat(30_000)],
  ["letters beyond ASCII", "k\u00f6nig=\u00fc"],
])("%s pass as they are, with a body behind them", async (_, cookie) => {
  const headers = ["Host", "own.test", "Cookie", cookie];
  const sent = JSON.parse(await textOf(await ask("/head", { headers }))) as string[];
  expect(sent[sent.indexOf("Cookie") + 1]).toBe(cookie);
  const body = new BytesBody(new TextEncoder().encode("what comes after"));
  const answer = await ask("/mirror", { method: "POST", headers, body });
  expect(JSON.parse(await textOf(answer))).toMatchObject({ body: "what comes after" });
});

test("a try that ends with the request of who asked ends its connection", async () => {
  const name = "its asker left while the upstream thinks";
  const headers = ["Host", "own.test", "X-Case", name];
  const objects = (env as unknown as Required<Env>).UPSTREAMS;
  const aborter = new AbortController();
  const leaving = {
    getByName: (of: string) => {
      const stub = objects.getByName(of);
      return {
        fetch: (url: string, init: RequestInit) => stub.fetch(url, { ...init, signal: aborter.signal }),
      };
    },
  } as unknown as typeof objects;
  new HeldTransport(leaving).send(address, requestOf("/silent", { headers, readTimeoutMs: 600_000 }), {
    informed: () => undefined,
    responded: () => expect.fail("nobody answers"),
    failed: () => undefined,
  });
  const list = async (of: string): Promise<string[]> => JSON.parse(await textOf(await ask(of))) as string[];
  await expect.poll(() => list("/received"), { timeout: 10_000 }).toContain(name);
  aborter.abort();
  await expect.poll(() => list("/aborted"), { timeout: 10_000 }).toContain(name);
}, 30_000);
