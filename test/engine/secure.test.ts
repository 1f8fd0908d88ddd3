import { type ConnectionOptions, type TLSSocket, connect, createServer } from "node:tls";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { CertificateStore, type KeyPair } from "../../adapters/node/http/certificates.ts";
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import type { UpstreamTls } from "../../core/index.ts";
import { certificateFor } from "./certificate.ts";
import { RawClient, Rig, always, ok, portOf } from "./rig.ts";

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const pairs: Record<string, KeyPair> = {};
beforeAll(async () => {
  for (const name of ["default.test", "a.test", "*.wild.test", "prefix.one", "b.test"])
    pairs[name] = await certificateFor(name);
});

const entry = (name: string, ...names: string[]) => ({ names, pairs: [pairs[name]!] });
const store = (): CertificateStore => {
  const certificates = new CertificateStore(entry("default.test"));
  certificates.replace([
    entry("a.test", "a.test"),
    entry("*.wild.test", "*.wild.test"),
    entry("prefix.one", "prefix.*"),
  ]);
  return certificates;
};

const get = "GET /s HTTP/1.1\r\nHost: a\r\n\r\n";

async function secured(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  return socket;
}

/** The common name of the certificate that is shown. */
async function shown(port: number, servername?: string): Promise<string | undefined> {
  const socket = await secured(port, servername === undefined ? {} : { servername });
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

describe("a TLS listener", () => {
  it("shows the certificate that fits the name best, and the default one", async () => {
    rig = await Rig.start(always(ok()), { where: { ssl: true }, certificates: store() });
    for (const [asked, expected] of [
      ["a.test", "a.test"],
      ["A.TEST", "a.test"],
      ["x.wild.test", "*.wild.test"],
      ["x.y.wild.test", "default.test"],
      ["prefix.two", "prefix.one"],
      ["other.test", "default.test"],
      [undefined, "default.test"],
    ] as const)
      expect([asked, await shown(rig.port, asked)]).toEqual([asked, expected]);
  });

  it("shows another certificate after a change, and old connections go on", async () => {
    const certificates = store();
    rig = await Rig.start(always(ok()), { where: { ssl: true }, certificates });
    const old = rig.keep(new RawClient(await secured(rig.port, { servername: "a.test" })));
    certificates.replace([entry("b.test", "a.test")], entry("b.test"));
    expect(await shown(rig.port, "a.test")).toBe("b.test");
    expect(await shown(rig.port)).toBe("b.test");
    expect(await old.send(get).until(/ok$/)).toContain("200 OK");
  });

  it("shows what is found while a client waits, where the configuration has nothing that fits", async () => {
    const certificates = store();
    const asked: (string | undefined)[] = [];
    const onServerName = async (name: string | undefined): Promise<void> => {
      asked.push(name, String(certificates.covers(name!)));
      await Promise.resolve();
      certificates.show(name!.toUpperCase(), pairs["b.test"]!);
    };
    rig = await Rig.start(always(ok()), { where: { ssl: true }, certificates, onServerName });
    expect(await shown(rig.port, "found.test")).toBe("b.test");
    expect(await shown(rig.port, "a.test")).toBe("a.test");
    certificates.replace([]);
    expect(await shown(rig.port, "found.test")).toBe("b.test");
    expect(asked).toEqual(["found.test", "false", "a.test", "true", "found.test", "true"]);
  });

  it("resumes sessions", async () => {
    rig = await Rig.start(always(ok()), { where: { ssl: true }, certificates: store() });
    const first = await secured(rig.port, { servername: "a.test" });
    const session = await new Promise<Buffer>((resolve) => {
      first.once("session", resolve);
      first.write(get);
    });
    first.destroy();
    const second = await secured(rig.port, { servername: "a.test", session });
    expect(second.isSessionReused()).toBe(true);
    second.destroy();
  });

  it("serves requests one after the other, pipelined and large", async () => {
    const big = "x".repeat(300_000);
    rig = await Rig.start(always(ok(big)), { where: { ssl: true }, certificates: store() });
    const client = rig.keep(new RawClient(await secured(rig.port)));
    client.send(get + get);
    await Rig.eventually(() => client.received.length > 2 * big.length);
    client.received = "";
    client.send(get);
    await Rig.eventually(() => client.received.length > big.length);
    expect(client.received).toMatch(/^HTTP\/1.1 200 OK[^]*xxx$/);
  });

  it("closes what is not TLS, and what never finishes its handshake", async () => {
    rig = await Rig.start(always(ok()), {
      where: { ssl: true },
      certificates: store(),
      limits: { headTimeoutMs: 80 },
    });
    await rig.client().send(get).end();
    await rig.client().end();
    expect(rig.connections).toHaveLength(0);
  });
});

const v2 = (command: number, family: number, rest: number[]): string =>
  `\r\n\r\n\0\r\nQUIT\n${String.fromCharCode(0x20 | command, family, 0, rest.length, ...rest)}`;

describe("PROXY protocol", () => {
  const via = async (text: string, where = {}): Promise<string[]> => {
    const facts: string[] = [];
    rig = await Rig.start(always(ok()), {
      where: { proxyProtocol: true, ...where },
      certificates: store(),
      limits: { headTimeoutMs: 200 },
    });
    rig.noted = ({ peerAddress, peerPort, localAddress, localPort }) =>
      facts.push(`${peerAddress} ${peerPort} ${localAddress} ${localPort}`);
    const client = rig.client();
    for (const part of text.match(/[^]{1,7}/g) ?? []) client.send(part);
    const closed = client.end();
    await Promise.race([client.until(/ok$/).catch(() => ""), closed]);
    return facts;
  };

  it.each([
    ["version 1, IPv4", "PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n", "192.0.2.7 4711 198.51.100.1 80"],
    ["version 1, IPv6", "PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\n", "2001:db8::7 4711 2001:db8::1 80"],
    [
      "version 2, IPv4",
      v2(1, 0x11, [192, 0, 2, 7, 198, 51, 100, 1, 0x12, 0x67, 0, 80]),
      "192.0.2.7 4711 198.51.100.1 80",
    ],
    [
      "version 2, IPv6 with more",
      v2(
        1,
        0x21,
        [
          0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,
          0, 0, 0, 1, 0x12, 0x67, 0, 80, 3, 0, 4, 1, 2, 3, 4,
        ],
      ),
      "2001:db8::7 4711 2001:db8::1 80",
    ],
  ])("tells the client's address: %s", async (_title, header, expected) => {
    expect(await via(header + get)).toEqual([expected]);
  });

  it.each([
    ["UNKNOWN", "PROXY UNKNOWN\r\n"],
    ["LOCAL", v2(0, 0, [])],
  ])("leaves the connection's own address with %s", async (_title, header) => {
    expect((await via(header + get))[0]).toMatch(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 \d+$/);
  });

  it.each([
    ["none", ""],
    ["an unknown family", "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n"],
    ["a port beyond", "PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n"],
    ["an endless line", `PROXY TCP4 ${"1".repeat(200)}\r\n`],
    ["version 3", v2(1, 0x11, [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2]).replace("\x21", "\x31")],
    ["a short address", v2(1, 0x11, [1, 2, 3])],
  ])("closes the connection for a header that is wrong: %s", async (_title, header) => {
    expect(await via(header + get)).toEqual([]);
  });

  it("stands before TLS", async () => {
    const facts: string[] = [];
    rig = await Rig.start(always(ok()), { where: { proxyProtocol: true, ssl: true }, certificates: store() });
    rig.noted = ({ peerAddress, tls }) => facts.push(`${peerAddress} ${tls?.version} ${tls?.serverName}`);
    const plain = rig.client().send("PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n");
    const socket = connect({ socket: plain.socket, rejectUnauthorized: false, servername: "a.test" });
    await rig.keep(new RawClient(socket)).send(get).until(/ok$/);
    expect(facts).toEqual(["192.0.2.7 TLSv1.3 a.test"]);
  });
});

describe("TLS to an upstream", () => {
  const terms: UpstreamTls = {
    serverName: "a.test",
    verify: false,
    verifyDepth: undefined,
    roots: undefined,
    certificate: undefined,
  };

  const asked = async (
    own: Partial<UpstreamTls>,
    more = {},
  ): Promise<{ text: string; names: unknown[]; resumed: boolean[] }> => {
    const names: unknown[] = [];
    const resumed: boolean[] = [];
    const { chain, key } = pairs["a.test"]!;
    const upstream = createServer({ cert: chain, key, ...more }, (socket) => {
      names.push(socket.servername);
      resumed.push(socket.isSessionReused());
      socket.on("error", () => {});
      socket.once("data", () => socket.end(ok().replace("\r\n", "\r\nConnection: close\r\n")));
    });
    upstream.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const port = portOf(upstream);
    rig = await Rig.start(() => {}, { address: { port, tls: { ...terms, ...own } } });
    let text = "";
    for (let i = 0; i < 2; i++)
      text = await rig
        .client()
        .send(get)
        .until(/(ok|[a-z]_[a-z]+\n)$/);
    await new Promise((resolve) => upstream.close(resolve));
    return { text, names, resumed };
  };

  it("names the host, and resumes the session for the next connection", async () => {
    const { text, names, resumed } = await asked({});
    expect(text).toMatch(/ok$/);
    expect(names).toEqual(["a.test", "a.test"]);
    expect(resumed).toEqual([false, true]);
  });

  it("accepts a certificate that a given root vouches for", async () => {
    expect((await asked({ verify: true, roots: [pairs["a.test"]!.chain] })).text).toMatch(/ok$/);
  });

  it.each([
    ["an unknown root", { verify: true }],
    [
      "another name",
      { verify: true, serverName: "b.test", roots: undefined as readonly string[] | undefined },
    ],
  ])("fails as tls_failed for %s", async (title, own) => {
    const roots = title === "another name" ? [pairs["a.test"]!.chain] : undefined;
    expect((await asked({ ...own, roots })).text).toMatch(/tls_failed\n$/);
  });

  it("shows its own certificate where one is asked for", async () => {
    const { chain, key } = pairs["b.test"]!;
    const demands = { requestCert: true, rejectUnauthorized: true, ca: [chain] };
    expect((await asked({ certificate: { chain, key } }, demands)).text).toMatch(/ok$/);
    expect((await asked({}, demands)).text).toMatch(/connection_closed\n$|tls_failed\n$/);
  });

  it("fails as tls_failed when the upstream speaks no TLS", async () => {
    rig = await Rig.start(
      (client) => void client.socket.once("data", () => client.send("HTTP/1.1 400 Bad\r\n\r\n").socket.end()),
      {},
    );
    const transport = new NodeTransport();
    const port = portOf(rig.upstream);
    const code = await new Promise((resolve) => {
      transport.send(
        { host: "127.0.0.1", port, tls: terms },
        {
          method: "GET",
          target: "/",
          httpVersion: "1.1",
          headers: [],
          body: undefined,
          upgrade: undefined,
          connectTimeoutMs: 1_000,
          readTimeoutMs: 1_000,
          writeTimeoutMs: 1_000,
        },
        { informed() {}, responded: () => resolve("responded"), failed: (failure) => resolve(failure.code) },
      );
    });
    transport.close();
    expect(code).toBe("tls_failed");
  });
});
