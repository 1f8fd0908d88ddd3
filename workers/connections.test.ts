import { env } from "cloudflare:workers";
import { expect, inject, test } from "vitest";
import { readAll, type UpstreamRequest, type UpstreamResponse } from "../core/index.ts";
import { describeTransport } from "../test/contracts/transport.ts";
import type { Env } from "./env.ts";
import { HeldTransport } from "./heldtransport.ts";

const transport = new HeldTransport((env as unknown as Required<Env>).UPSTREAMS);
const address = { host: "127.0.0.1", port: inject("upstreamPort"), tls: undefined };

describeTransport("connections that an object holds", () => transport);

const ask = (target: string, rest: Partial<UpstreamRequest> = {}): Promise<UpstreamResponse> =>
  new Promise((resolve, reject) => {
    const request: UpstreamRequest = {
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
    };
    transport.send(address, request, {
      informed: () => undefined,
      responded: resolve,
      failed: ({ cause }) => reject(cause),
    });
  });

/** The port that the upstream sees: of another connection it is another one. */
const peer = async (): Promise<string> =>
  new TextDecoder().decode(await readAll((await ask("/peer")).body!, 100));

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
