import { afterEach, describe, expect, test } from "vitest";
import { type Daemon, startDaemon } from "../test/support/daemon.ts";
import { hasSlapd, type Slapd, startSlapd } from "../test/support/slapd.ts";

let daemon: Daemon | undefined;
let slapd: Slapd | undefined;
afterEach(async () => {
  await daemon?.stop();
  await slapd?.stop();
  daemon = slapd = undefined;
});

/** What a request became for the upstream, which the gateway itself tells. */
const ask = async (headers: Record<string, string>) => {
  const response = await fetch(`http://127.0.0.1:${daemon!.proxyPort}/`, {
    headers: { ...headers, Connection: "close" },
  });
  const { request } = (await response.json()) as { request?: { headers: Record<string, string> } };
  return { status: response.status, cookie: response.headers.get("set-cookie"), seen: request?.headers };
};

const echo = { name: "request-termination", config: { echo: true, status_code: 200 } };

const write = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
  const response = await fetch(`http://127.0.0.1:${daemon!.adminPort}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
};

test("a session in the database is good on every worker, and until its row is gone", async () => {
  daemon = await startDaemon({ conf: { database: "sqlite", nginx_worker_processes: "2" } });
  await write("/consumers", { username: "ada" });
  await write("/consumers/ada/key-auth", { key: "k" });
  const { id: anonymous } = await write("/consumers", { username: "nobody" });
  await write("/routes", { paths: ["/"] });
  await write("/plugins", {
    name: "session",
    config: { storage: "kong", secret: "s", cookie_secure: false },
  });
  await write("/plugins", { name: "key-auth", config: { anonymous } });
  await write("/plugins", echo);

  const { cookie } = await ask({ apikey: "k" });
  const given = { Cookie: cookie!.split(";", 1)[0]! };
  const names = async () =>
    new Set(
      (await Promise.all(Array.from({ length: 8 }, () => ask(given)))).map(
        ({ seen }) => seen?.["x-consumer-username"],
      ),
    );
  expect(await names()).toEqual(new Set(["ada"]));

  const rows = await fetch(`http://127.0.0.1:${daemon.adminPort}/sessions`);
  const { data } = (await rows.json()) as { data: { id: string }[] };
  expect(data).toHaveLength(1);
  await fetch(`http://127.0.0.1:${daemon.adminPort}/sessions/${data[0]!.id}`, { method: "DELETE" });
  expect(await names()).toEqual(new Set(["nobody"]));
});

describe.skipIf(!hasSlapd)("with slapd", () => {
  test("ldap-auth lets in whom the directory knows, by TLS too", async () => {
    slapd = await startSlapd();
    const config = { ldap_host: "127.0.0.1", base_dn: "dc=example,dc=com", attribute: "cn" };
    const plugin = (more: Record<string, unknown>) => ({
      name: "ldap-auth",
      config: { ...config, header_type: "basic", ...more },
    });
    for (const more of [{ ldap_port: slapd.port }, { ldap_port: slapd.tlsPort, ldaps: true }]) {
      await daemon?.stop();
      daemon = await startDaemon({
        document: { routes: [{ paths: ["/"] }], plugins: [plugin(more), echo] },
      });
      const basic = (password: string) => ({ Authorization: `Basic ${btoa(`ada:${password}`)}` });
      const { status, seen } = await ask(basic("open sesame"));
      expect([status, seen?.["x-credential-identifier"]]).toEqual([200, "ada"]);
      expect((await ask(basic("wrong"))).status).toBe(401);
      expect((await ask({})).status).toBe(401);
    }
  });
});
