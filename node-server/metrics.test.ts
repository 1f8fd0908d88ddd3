import { spawnSync } from "node:child_process";
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
