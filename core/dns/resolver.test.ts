import { describe, expect, test } from "vitest";
import { decode, encode } from "../../test/support/packet.ts";
import { MemoryRandom } from "../../adapters/memory/index.ts";
import type { DnsExchange, DnsTransport } from "../index.ts";
import { Resolver, type ResolverOptions } from "./resolver.ts";

type Say = (asked: {
  server: string;
  query: Uint8Array;
  overStream: boolean;
}) => Record<string, unknown> | undefined;

/** Servers that answer as told; each question is kept. */
const resolving = (say: Say, options: Partial<ResolverOptions> = {}) => {
  const asked: { server: string; overStream: boolean; hasExtensions: boolean; name: string }[] = [];
  const transport: DnsTransport = {
    async exchange(server: string, query: Uint8Array, { overStream, accepts }: DnsExchange) {
      const { id, questions = [], additionals = [] } = decode(query);
      asked.push({ server, overStream, hasExtensions: additionals.length > 0, name: questions[0]!.name });
      const said = say({ server, query, overStream });
      if (said === undefined) throw new Error(`${server} is silent`);
      const message = encode({ type: "response", id: id!, questions, ...said });
      if (!accepts(message)) throw new Error("not accepted");
      return message;
    },
  };
  const resolver = new Resolver({
    transport,
    random: new MemoryRandom(4),
    servers: ["s1", "s2"],
    ...options,
  });
  return { resolver, asked };
};
const found = { answers: [{ type: "A", name: "a.test", ttl: 1, data: "10.0.0.1" }] };
const code = (flags: number) => ({ flags });

describe("a resolver", () => {
  test("asks the next server when one is silent, the first one without extensions after all others", async () => {
    const { resolver, asked } = resolving(() => undefined, { attempts: 3 });
    await expect(resolver.query("a.test", "A")).rejects.toMatchObject({ code: "unreachable" });
    expect(asked).toMatchObject([
      { server: "s1", hasExtensions: true },
      { server: "s2", hasExtensions: true },
      { server: "s1", hasExtensions: false },
    ]);
  });

  test("begins with a server by chance when it rotates", async () => {
    const { resolver, asked } = resolving(() => found, { rotate: true });
    for (let i = 0; i < 20; i++) await resolver.query("a.test", "A");
    expect(new Set(asked.map(({ server }) => server))).toEqual(new Set(["s1", "s2"]));
  });

  test.each([
    ["SERVFAIL", 2],
    ["REFUSED", 5],
  ])("asks another server when one answers %s, and believes it when all do", async (rcode, flags) => {
    const one = resolving(({ server }) => (server === "s1" ? code(flags) : found));
    expect((await one.resolver.query("a.test", "A")).records).toHaveLength(1);
    const all = resolving(() => code(flags));
    expect((await all.resolver.query("a.test", "A")).rcode).toBe(rcode);
    expect(all.asked).toHaveLength(2);
  });

  test("believes the first server that there is no such name", async () => {
    const { resolver, asked } = resolving(() => code(3));
    expect((await resolver.query("a.test", "A")).rcode).toBe("NXDOMAIN");
    expect(asked).toHaveLength(1);
  });

  test("asks again over a stream what was truncated, and always with use-vc", async () => {
    const { resolver, asked } = resolving(({ overStream }) => (overStream ? found : { flags: 0x200 }));
    expect((await resolver.query("a.test", "A")).records).toHaveLength(1);
    expect(asked.map(({ overStream }) => overStream)).toEqual([false, true]);
    const always = resolving(() => found, { overStream: true });
    await always.resolver.query("a.test", "A");
    expect(always.asked).toMatchObject([{ overStream: true }]);
  });

  test("asks a server that knows no extensions without them", async () => {
    const { resolver, asked } = resolving(({ query }) =>
      (decode(query).additionals ?? []).length > 0 ? code(1) : found,
    );
    expect((await resolver.query("a.test", "A")).records).toHaveLength(1);
    expect(asked.map(({ hasExtensions }) => hasExtensions)).toEqual([true, false]);
  });

  test("does not believe an answer in another spelling when it mixes case", async () => {
    const { resolver, asked } = resolving(() => ({ ...found, questions: [{ type: "A", name: "a.test" }] }), {
      mixCase: true,
      attempts: 8,
    });
    await resolver.query("abcdefghijkl.test", "A").catch(() => undefined);
    expect(asked.some(({ name }) => name !== name.toLowerCase())).toBe(true);
    expect(asked).toHaveLength(8);
  });

  test("throws away whatever is no answer", async () => {
    const noise = new MemoryRandom(9);
    const transport: DnsTransport = {
      async exchange(_, query, { accepts }) {
        for (let i = 0; i < 500; i++) {
          const bytes = new Uint8Array(i % 80);
          noise.fill(bytes);
          // The right id and flags in half of them: what follows is still nonsense.
          if (i % 2 === 0 && bytes.length > 3) bytes.set([query[0]!, query[1]!, 0x81, 0x80]);
          if (accepts(bytes)) return bytes;
        }
        throw new Error("nothing was accepted");
      },
    };
    const resolver = new Resolver({ transport, random: new MemoryRandom(4), servers: ["s"], attempts: 1 });
    await expect(resolver.query("a.test", "A")).rejects.toMatchObject({ code: "unreachable" });
  });
});
