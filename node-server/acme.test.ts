import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Daemon, startDaemon } from "../test/support/daemon.ts";
import { type Pebble, pebbleProgram, startPebble } from "../test/support/pebble.ts";
import { freePorts } from "../test/support/ports.ts";

/** The names of the certificate that a client is shown who asks for one. */
const shownFor = (port: number, servername: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? "");
      socket.destroy();
    });
    socket.on("error", reject);
  });

describe.skipIf(pebbleProgram === undefined).each([
  ["without a database, storage shm", "off", "shm", "rsa"],
  ["with SQLite, storage kong", "sqlite", "kong", "ecc"],
])("acme by Pebble, %s", (_, database, storage, type) => {
  let pebble: Pebble;
  let daemon: Daemon;

  const admin = async (method: string, path: string, body?: unknown) => {
    const headers = { "Content-Type": "application/json" };
    const init = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${daemon.adminPort}${path}`, { method, ...init });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  beforeAll(async () => {
    const [port, tlsPort] = (await freePorts(2)) as [number, number];
    pebble = await startPebble(port);
    const plugin = {
      name: "acme",
      config: {
        ...{ account_email: "a@b.test", api_uri: pebble.directoryUrl, tos_accepted: true },
        ...{ cert_type: type, rsa_key_size: 2048, domains: ["*.shop.test"], storage },
      },
    };
    daemon = await startDaemon({
      ...(database === "off" && { document: { plugins: [plugin] } }),
      conf: {
        database,
        nginx_worker_processes: "2",
        proxy_listen: `127.0.0.1:${port} reuseport, 127.0.0.1:${tlsPort} ssl reuseport`,
      },
      env: { NODE_EXTRA_CA_CERTS: pebble.authorityFile },
    });
    Object.assign(daemon, { tlsPort });
    if (database !== "off") await admin("POST", "/plugins", plugin);
  });

  afterAll(async () => {
    await daemon?.stop();
    await pebble?.stop();
  });

  test("the first client of a name gets the default certificate, later ones theirs", async () => {
    const { tlsPort } = daemon;
    expect(await shownFor(tlsPort, "a.shop.test")).toBe("DNS:localhost");
    await expect
      .poll(() => shownFor(tlsPort, "a.shop.test"), { timeout: 20_000, interval: 200 })
      .toBe("DNS:a.shop.test");
    expect(await shownFor(tlsPort, "a.other.test")).toBe("DNS:localhost");
  });

  test("an operator orders one, which every worker shows when it is answered", async () => {
    expect(await admin("POST", "/acme", { host: "b.shop.test" })).toEqual({
      status: 201,
      body: { message: "certificate for host b.shop.test is created" },
    });
    const shown = Array.from({ length: 8 }, () => shownFor(daemon.tlsPort, "b.shop.test"));
    expect(new Set(await Promise.all(shown))).toEqual(new Set(["DNS:b.shop.test"]));
    const one = await admin("GET", "/acme/certificates/b.shop.test");
    expect(one.body["data"]).toMatchObject({
      host: "b.shop.test",
      issuer_cn: expect.stringContaining("Pebble Intermediate"),
      digest: expect.stringMatching(/^[0-9a-f]{40}$/),
      valid: true,
    });
    expect((await admin("PATCH", "/acme")).status).toBe(202);
  });

  test("what the authority refuses is told", async () => {
    const { status, body } = await admin("POST", "/acme", { host: "no_name" });
    expect(status).toBe(500);
    expect(body["message"]).toMatch(/^failed to update certificate: .*illegal character/);
  });
});
