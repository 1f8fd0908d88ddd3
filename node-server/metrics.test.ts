import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Daemon, startDaemon } from "../test/support/daemon.ts";
import { programOf } from "../test/support/program.ts";
import { startUpstream } from "../test/support/upstream.ts";

const promtool = programOf("promtool");

/** Names that Prometheus would have otherwise, and that dashboards for Kong know. */
const kongs = /kong_(bandwidth_bytes counter|[a-z_]*_total non-counter|[a-z_]*_ms )/;

describe.skipIf(promtool === undefined)("promtool, of the package prometheus", () => {
  let daemon: Daemon;
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  beforeAll(async () => {
    upstream = await startUpstream();
    const flags = ["status_code", "latency", "bandwidth", "upstream_health"].map((name) => [
      `${name}_metrics`,
      true,
    ]);
    daemon = await startDaemon({
      conf: { nginx_worker_processes: "2" },
      document: {
        upstreams: [{ name: "up", targets: [{ target: `127.0.0.1:${upstream.port}` }] }],
        services: [{ name: "a-ü", host: "up", routes: [{ name: "r", paths: ["/"] }] }],
        plugins: [{ name: "prometheus", config: { per_consumer: true, ...Object.fromEntries(flags) } }],
      },
    });
  });
  afterAll(async () => {
    await daemon?.stop();
    await upstream?.close();
  });

  test("reads all that two workers counted", async () => {
    const count = 40;
    // Each on a connection of its own: both workers get some.
    for (let i = 0; i < count; i++)
      await fetch(`http://127.0.0.1:${daemon.proxyPort}/`, { headers: { connection: "close" } }).then((r) =>
        r.text(),
      );
    const text = await (await fetch(`http://127.0.0.1:${daemon.adminPort}/metrics`)).text();
    expect(text).toMatch(new RegExp(`kong_http_requests_total\\{.*code="200".*\\} ${count}\\n`));
    expect(text).toMatch(/kong_upstream_target_health\{upstream="up",.*state="healthchecks_off".*\} 1\n/);
    const { status, stderr } = spawnSync(promtool!, ["check", "metrics"], { input: text, encoding: "utf8" });
    const found = stderr.split("\n").filter((line) => line !== "" && !kongs.test(line));
    // 1: not understood; 3: understood, with remarks.
    expect([found, status === 0 || status === 3]).toEqual([[], true]);
  });
});

describe("a worker that dies", () => {
  test("takes nothing along of what was told already", async () => {
    const faulty = path.resolve(import.meta.dirname, "../test/support/faulty.ts");
    const daemon = await startDaemon({
      conf: { plugins: `bundled, ${faulty}` },
      document: {
        routes: [{ name: "r", paths: ["/"] }],
        plugins: [
          { name: "faulty" },
          { name: "request-termination", config: { status_code: 200 } },
          { name: "prometheus", config: { status_code_metrics: true } },
        ],
      },
    });
    try {
      const ask = async (headers: Record<string, string> = {}): Promise<void> => {
        const response = await fetch(`http://127.0.0.1:${daemon.proxyPort}/`, {
          headers: { connection: "close", ...headers },
        });
        await response.arrayBuffer();
      };
      const counted = async (): Promise<(number | undefined)[]> => {
        const metrics = await (await fetch(`http://127.0.0.1:${daemon.adminPort}/metrics`)).text();
        const { server } = (await (await fetch(`http://127.0.0.1:${daemon.adminPort}/status`)).json()) as {
          server: { total_requests: number; connections_accepted: number };
        };
        const ofRoute = /^kong_http_requests_total\{.*code="200".*\} (\d+)$/m.exec(metrics)?.[1];
        return [Number(ofRoute), server.total_requests, server.connections_accepted];
      };
      for (let i = 0; i < 3; i++) await ask();
      expect(await counted()).toEqual([3, 3, 3]);
      for (const deaths of [1, 2]) {
        await ask({ "x-fault": "exit" }).catch(() => {});
        await daemon.said(new RegExp(`(?:starting another[^]*){${deaths}}`));
        // The next one is there when it answers.
        for (;;)
          if (
            await ask().then(
              () => true,
              () => false,
            )
          )
            break;
        expect(await counted()).toEqual([3 + deaths, 3 + deaths, 3 + deaths]);
      }
    } finally {
      await daemon.stop();
    }
  });
});
