import { expect, test } from "vitest";
import type { Acme, AdminAnswer, CertificateOrder, Certificates, GatewayPorts } from "../../index.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import { bundledPlugins } from "../index.ts";
import { workerPlugins } from "../worker.ts";
import { allowedNames } from "./names.ts";

const dayMs = 86_400_000;
const fields = { account_email: "a@b.test", domains: ["*.shop.test"] };

const pem = (label: string, text: string): string =>
  `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----`;
const keyOf = (name: string): string => pem("PRIVATE KEY", btoa(name));

/** An authority that issues certificates for 90 days. */
class Authority implements Acme {
  readonly orders: CertificateOrder[] = [];
  /** What it finds where it looks for the answer to its challenge. */
  look: (token: string) => Promise<unknown> = async () => undefined;
  problem: Error | undefined;
  keys = 0;
  private orderedAtMs = 0;
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  async newAccountKey() {
    return `key ${++this.keys}`;
  }

  async order(order: CertificateOrder) {
    this.orders.push(order);
    await order.publish("token", "token.thumbprint");
    await this.look("token");
    if (this.problem !== undefined) throw this.problem;
    this.orderedAtMs = this.nowMs();
    return { chain: pem("CERTIFICATE", "AA=="), key: keyOf(order.name) };
  }

  factsOf() {
    const notAfterMs = this.orderedAtMs + 90 * dayMs;
    return { subject: "s", issuer: "i", digest: "d", notBeforeMs: notAfterMs - 91 * dayMs, notAfterMs };
  }
}

/** A gateway with the plugin, an authority, and what its listeners show. */
const world = (
  config: Record<string, unknown> = {},
  isWritable = false,
  more: Record<string, unknown> = {},
  ports: Partial<GatewayPorts> = {},
) => {
  const shown = new Map<string, string>();
  const certificates: Certificates = {
    covers: (name) => shown.has(name) || name === "covered.shop.test",
    show: (name, { key }) => void shown.set(name, key),
  };
  let nowMs = (): number => 0;
  const authority = new Authority(() => nowMs());
  const plugin = { name: "acme", config: { ...fields, ...config } };
  const document = { plugins: [plugin, { name: "key-auth" }], ...oneRoute(), ...more };
  const reads = { isWritable: false } as const;
  const all = gatewayOn(document, {
    ports: { ...ports, acme: authority, certificates, ...(!isWritable && { records: reads as never }) },
  });
  nowMs = () => all.clock.nowMs();
  const hello = async (name: string): Promise<void> => {
    await all.gateway.certificate(name);
    await all.ports.timers.advance(1);
  };
  const ask = (question: unknown): Promise<AdminAnswer | undefined> => all.gateway.ask("acme", question);
  return { ...all, authority, shown, hello, ask };
};

test("a name that a client asks for is ordered in the background, once, and shown then", async () => {
  const { hello, authority, shown } = world();
  await Promise.all([hello("A.shop.test"), hello("a.shop.test")]);
  expect([...shown]).toEqual([["a.shop.test", keyOf("a.shop.test")]]);
  expect(authority.orders).toMatchObject([
    {
      name: "a.shop.test",
      directoryUrl: "https://acme-v02.api.letsencrypt.org/directory",
      rsaBits: 4096,
      account: { key: "key 1", email: "a@b.test", acceptsTerms: false },
    },
  ]);
});

test("who orders can be a key entity, bound to an account that the authority knows otherwise", async () => {
  const jwk = JSON.stringify({ kid: "k", kty: "EC", crv: "P-256", x: "x", y: "y" });
  const more = { key_sets: [{ name: "set", keys: [{ name: "a", kid: "k", jwk }] }] };
  const { ask, authority } = world(
    {
      account_key: { key_id: "k", key_set: "set" },
      eab_kid: "id",
      eab_hmac_key: "c2VjcmV0",
      tos_accepted: true,
    },
    false,
    more,
  );
  await ask({ wanted: "certificate", name: "a.test" });
  expect(authority.orders[0]!.account).toEqual({
    key: jwk,
    email: "a@b.test",
    acceptsTerms: true,
    binding: { keyId: "id", hmacKey: "c2VjcmV0" },
  });
  const without = world({ account_key: { key_id: "other" } }, false, more);
  const refused = await without.ask({ wanted: "certificate", name: "a.test" });
  expect(refused?.body).toMatchObject({ message: expect.stringContaining("no private key other") });
});

test("in Redis every key begins with the namespace", async () => {
  const texts = new Map<string, string>();
  const redis = () => ({
    get: async (key: string) => texts.get(key),
    set: async (key: string, value: string) => void texts.set(key, value),
    add: async (key: string, value: string) => !texts.has(key) && texts.set(key, value) === texts,
    delete: async (key: string) => void texts.delete(key),
    keys: async (prefix: string) => [...texts.keys()].filter((key) => key.startsWith(prefix)),
    close: () => texts.set("closed", ""),
  });
  const storage_config = { redis: { host: "r.test", extra_options: { namespace: "ns:" } } };
  const all = world({ storage: "redis", storage_config }, false, {}, { redis });
  await all.ask({ wanted: "certificate", name: "a.test" });
  const listed = await all.ask({ wanted: "list", isOverOnly: false });
  expect(listed?.body).toMatchObject({ data: [{ host: "a.test" }] });
  expect([...texts.keys()].every((key) => key.startsWith("ns:kong_acme:"))).toBe(true);
  all.configure(oneRoute());
  expect(texts.has("closed")).toBe(true);
});

test("names that are not allowed, or have a certificate, are not ordered", async () => {
  const { hello, authority } = world();
  for (const name of ["shop.test", "other.test", "covered.shop.test", "192.0.2.1", "a b.shop.test"])
    await hello(name);
  expect(authority.orders).toEqual([]);
});

test("while an order is under way its challenge is answered in plain HTTP, before routing and authentication", async () => {
  const { ask, authority, client, ports } = world({ cert_type: "ecc" });
  const target = "/.well-known/acme-challenge/token";
  const seen: unknown[] = [];
  authority.look = async () => {
    const { status, body } = await client.send({ target });
    seen.push(status, body);
  };
  await ask({ wanted: "certificate", name: "a.test" });
  expect(seen).toEqual([200, "token.thumbprint"]);
  expect(authority.orders[0]!.rsaBits).toBeUndefined();
  const over = await client.send({ target });
  expect([over.status, over.body]).toEqual([404, "Not found\n"]);
  expect((await client.send({ target: "/t" })).status).toBe(401);
  expect(ports.logger.records).toEqual([]);
});

test("after a failure clients make it order again when the time is over", async () => {
  const { hello, authority, clock } = world({ fail_backoff_minutes: 5 });
  authority.problem = new Error("refused");
  await hello("a.shop.test");
  clock.advance(120_000);
  await hello("a.shop.test");
  expect(authority.orders).toHaveLength(1);
  clock.advance(200_000);
  await hello("a.shop.test");
  expect(authority.orders).toHaveLength(2);
});

test("operators order, see and check; what fails is told", async () => {
  const { ask, authority, ports } = world();
  expect(await ask({ wanted: "certificate", name: "b.test" })).toEqual({
    status: 201,
    body: { message: "certificate for host b.test is created" },
  });
  const listed = await ask({ wanted: "list", isOverOnly: false });
  expect(listed?.body).toMatchObject({ data: [{ host: "b.test", issuer_cn: "i", valid: true }] });
  expect((await ask({ wanted: "list", isOverOnly: true }))?.body).toEqual({ data: [] });
  expect((await ask({ wanted: "one", name: "no.test" }))?.status).toBe(404);
  authority.problem = new Error("refused");
  expect(await ask({ wanted: "certificate", name: "b.test" })).toEqual({
    status: 500,
    body: { message: "failed to update certificate: refused" },
  });
  const body = new TextEncoder().encode("Not found\n");
  ports.fetcher.replies.push({ status: 404, headers: [], body }, { status: 200, headers: [], body });
  expect((await ask({ wanted: "check", name: "b.test" }))?.status).toBe(200);
  expect((await ask({ wanted: "check", name: "b.test" }))?.status).toBe(400);
});

test("what ends soon is renewed, looked at once a day", async () => {
  const { ask, authority, ports } = world();
  await ask({ wanted: "certificate", name: "b.test" });
  await ports.timers.advance(75 * dayMs);
  expect(authority.orders).toHaveLength(1);
  await ports.timers.advance(2 * dayMs);
  expect(authority.orders).toHaveLength(2);
});

test("a certificate that another worker renewed is shown a minute later", async () => {
  const { hello, shown, ports, clock } = world();
  await hello("a.shop.test");
  await ports.responses.set("kong_acme:cert_key:a.shop.test", JSON.stringify({ chain: "1", key: "renewed" }));
  clock.advance(61_000);
  await hello("a.shop.test");
  expect(shown.get("a.shop.test")).toBe("renewed");
});

test("with a database certificates become rows; renewed ones take their place, and what was taken away stays so", async () => {
  const { ask, hello, records, shown, authority, ports } = world({ storage: "kong" }, true);
  await hello("b.shop.test");
  const rows = async (table: string) => (await records.list(table)).map(({ id, tags }) => ({ id, tags }));
  const [before] = await rows("certificates");
  expect(before?.tags).toEqual(["managed-by-acme"]);
  const [sni] = await records.list("snis");
  expect(sni).toMatchObject({ name: "b.shop.test", certificate: { id: before!.id } });
  expect(shown.size).toBe(0);

  await ports.timers.advance(80 * dayMs);
  const after = await rows("certificates");
  expect(after).toHaveLength(1);
  expect(after[0]!.id).not.toBe(before!.id);

  await records.remove("snis", sni!.id);
  const ordered = authority.orders.length;
  await ports.timers.advance(90 * dayMs);
  expect(authority.orders).toHaveLength(ordered);
  expect((await ask({ wanted: "list", isOverOnly: false }))?.body).toEqual({ data: [] });
});

test("a storage that is not here is refused by name, as the plugin is at the edge", () => {
  const refused =
    (config: Record<string, unknown>, plugins = bundledPlugins) =>
    () =>
      gatewayOn({ plugins: [{ name: "acme", config: { ...fields, ...config } }] }, { plugins });
  for (const [storage, name] of [
    ["consul", "Consul"],
    ["vault", "Vault"],
  ] as const)
    expect(refused({ storage })).toThrow(`storage can't be used: ${name}`);
  const acme = workerPlugins.find(({ name }) => name === "acme")!;
  expect(acme.checks).toHaveLength(3);
});

test.each([
  [["a.test"], "a.test", true],
  [["a.test"], "b.a.test", false],
  [["*.a.test"], "b.a.test", true],
  [["*.a.test"], "a.test", false],
  [["a.*"], "a.test", true],
  [null, "a.test", false],
])("domains %j: %s is allowed: %s", (patterns, name, isAllowed) => {
  expect(allowedNames(patterns, false)(name)).toBe(isAllowed);
  expect(allowedNames(patterns, true)(name)).toBe(true);
});
