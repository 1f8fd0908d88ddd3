import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edgeProblems } from "../../node-server/edge/problems.ts";
import { bundledPlugins, DeclarativeConfiguration, type Tables, workerPlugins } from "../../core/index.ts";
import { MemoryClock, MemoryRandom } from "../../adapters/memory/index.ts";
import { type Daemon, daemonForTest, type DaemonOptions } from "../support/daemon.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-tokens-"));
let upstream: Upstream;
beforeAll(async () => void (upstream = await startUpstream()));
afterAll(async () => {
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (options: DaemonOptions): Promise<Daemon> =>
  daemonForTest({
    ...options,
    conf: { nginx_worker_processes: "2", trusted_ips: "127.0.0.1", ...options.conf },
  });

const document = () => ({
  services: [
    {
      name: "s",
      url: `http://127.0.0.1:${upstream.port}`,
      routes: [
        {
          paths: ["/"],
          plugins: [
            {
              name: "oauth2",
              config: { enable_client_credentials: true, accept_http_if_already_terminated: true },
            },
          ],
        },
      ],
    },
  ],
  consumers: [{ username: "ada", oauth2_credentials: [{ name: "m", client_id: "m", client_secret: "s" }] }],
});

const write = async ({ adminPort }: Daemon): Promise<void> => {
  const send = async (target: string, body: unknown): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${adminPort}${target}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    });
    expect(response.status, await response.text()).toBe(201);
  };
  const { services, consumers } = document();
  const [{ routes, ...service }] = services as [(typeof services)[0]];
  await send("/services", service);
  await send("/services/s/routes", { name: "r", paths: routes[0]!.paths });
  await send("/routes/r/plugins", routes[0]!.plugins[0]);
  await send("/consumers", { username: "ada" });
  await send("/consumers/ada/oauth2", consumers[0]!.oauth2_credentials[0]);
};

/** On a connection of its own: whichever worker takes it. */
const issue = ({ proxyPort }: Daemon): Promise<Response> =>
  fetch(`http://127.0.0.1:${proxyPort}/oauth2/token`, {
    method: "POST",
    headers: { "X-Forwarded-Proto": "https", Connection: "close" },
    body: new URLSearchParams({ client_id: "m", client_secret: "s", grant_type: "client_credentials" }),
  });
const tokenOf = async (daemon: Daemon): Promise<string> => {
  const { access_token: token } = (await (await issue(daemon)).json()) as { access_token: string };
  return token;
};
const use = async ({ proxyPort }: Daemon, token: string): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${proxyPort}/x`, {
    headers: { Authorization: `Bearer ${token}`, Connection: "close" },
  });
  await response.arrayBuffer();
  return response.status;
};

describe("with a database", () => {
  const database = (name: string) => ({ database: "sqlite", sqlite_path: path.join(folder, `${name}.db`) });

  test("a token is good on every worker of the node as soon as it is told, and gone when it is deleted", async () => {
    const daemon = await start({ conf: database("workers") });
    await write(daemon);
    for (let i = 0; i < 5; i++) {
      const token = await tokenOf(daemon);
      const statuses = await Promise.all(Array.from({ length: 8 }, () => use(daemon, token)));
      expect(new Set(statuses)).toEqual(new Set([200]));
      await fetch(`http://127.0.0.1:${daemon.adminPort}/oauth2_tokens/${token}`, { method: "DELETE" });
      expect(await use(daemon, token)).toBe(401);
    }
  });

  test("a token is good on another node at once, and after a restart", async () => {
    // So long that no look comes during the test.
    const conf = { ...database("nodes"), db_update_frequency: "3600" };
    const one = await start({ conf });
    await write(one);
    const other = await start({ conf });
    for (let i = 0; i < 5; i++) expect(await use(other, await tokenOf(one))).toBe(200);
    const token = await tokenOf(one);
    await other.stop();
    expect(await use(await start({ conf }), token)).toBe(200);
  });
});

test("without a database no token is given out", async () => {
  const daemon = await start({ document: document() });
  expect((await issue(daemon)).status).toBe(500);
  expect(await use(daemon, "x")).toBe(401);
});

test("the edge, where the data plane writes nothing, refuses it by name", () => {
  const configuration = new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor: "traditional_compatible",
    clock: new MemoryClock(),
    random: new MemoryRandom(),
  });
  const loaded = configuration.read({ _format_version: "3.0", ...document() });
  const tables: Tables = loaded.ok ? configuration.tables(loaded) : {};
  const told = edgeProblems(tables, workerPlugins).filter(({ where }) => where.startsWith("plugin"));
  expect(told).toEqual([
    {
      kind: "refused",
      where: expect.stringMatching(/^plugin oauth2 on route/),
      what: "it writes rows while it serves, and Workers only read the configuration",
    },
  ]);
});
