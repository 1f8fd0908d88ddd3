import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { benchDatabase } from "./database.ts";
import { benchEdge } from "./edge.ts";
import { benchGrowth } from "./growth.ts";
import { benchLatency } from "./latency.ts";
import { benchNode } from "./node.ts";
import { hasProgram, startNginx } from "./process.ts";
import { freePorts } from "../support/ports.ts";

/**
 * `npm run bench [-- --rounds 5 --seconds 4 --only node|database|edge|micro]`: CPU a request beside nginx (Node) and beside a
 * bare fetch Worker (edge), interleaved in one run on processor 1, load and upstream on processor 0.
 */
const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? undefined : process.argv[at + 1]) ?? fallback;
};

const rounds = Number(option("rounds", "5"));
const seconds = Number(option("seconds", "4"));
const only = option("only", "");
const [upstreamPort, nginxPort] = (await freePorts(2)) as [number, number];

const document = {
  _format_version: "3.0",
  services: [
    {
      name: "up",
      url: `http://127.0.0.1:${upstreamPort}`,
      routes: [
        { name: "open", paths: ["/open"] },
        { name: "private", paths: ["/private"], plugins: [{ name: "key-auth" }] },
        {
          name: "limited",
          paths: ["/limited"],
          plugins: [
            { name: "key-auth" },
            { name: "rate-limiting", config: { year: 1_000_000_000, policy: "local" } },
          ],
        },
      ],
    },
  ],
  consumers: [{ username: "ada", keyauth_credentials: [{ key: "ada-key" }] }],
};
const headers = ["apikey: ada-key"];
const requests = [
  { name: "proxy, one route", path: "/open" },
  { name: "64 KiB responses", path: "/open/large", nginxPath: "/large" },
  { name: "POST of 10 KiB", path: "/open", postBytes: 10_240 },
  { name: "one connection", path: "/open", connections: 1 },
  { name: "proxy + key-auth", path: "/private", headers },
  { name: "+ rate-limiting", path: "/limited", headers },
];

/** 100 routes, and a limit that nobody reaches. */
const edgeDocument = {
  ...document,
  services: [
    {
      ...document.services[0]!,
      routes: [
        ...document.services[0]!.routes,
        ...Array.from({ length: 97 }, (_, i) => ({ name: `r${i}`, paths: [`/r${i}/`] })),
      ],
    },
  ],
};
const keyFields = { upstreamFields: ["x-consumer-id", "x-consumer-username", "x-credential-identifier"] };
const limitFields = {
  ...keyFields,
  clientFields: ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].concat(
    ["limit", "remaining"].map((name) => `x-ratelimit-${name}-year`),
  ),
};
const edgeRequests = [
  { name: "proxy, 100 routes", path: "/open" },
  { name: "+ key-auth", path: "/private", headers, ...keyFields },
  { name: "+ rate-limiting, each isolate", path: "/limited", headers, ...limitFields },
  { name: "+ rate-limiting, exact", path: "/limited", headers, isExact: true, ...limitFields },
];

const rounded = (value: number): number => Math.round(value * 100) / 100;
const table = (rows: readonly object[]): void =>
  console.table(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [
          key,
          typeof value === "number" ? rounded(value) : (value as string),
        ]),
      ),
    ),
  );

const compare = async (): Promise<void> => {
  const missing = ["nginx", "wrk", "taskset"].filter((name) => !hasProgram(name));
  if (missing.length > 0) {
    console.error(
      `The comparison needs ${missing.join(", ")} (Debian: apt-get install nginx-light wrk util-linux).`,
    );
    process.exitCode = 1;
    return;
  }
  const body = "x".repeat(107);
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-bench-"));
  // nginx reads it as somebody else.
  chmodSync(folder, 0o755);
  writeFileSync(path.join(folder, "large"), Buffer.alloc(65_536, "l"));
  const upstream = startNginx(
    `server{listen ${upstreamPort} backlog=4096;location /{return 200 "${body}";}location /large{root ${folder};}}`,
    0,
  );
  const proxyConf = (port: number): string =>
    `upstream u{server 127.0.0.1:${upstreamPort};keepalive 128;keepalive_requests 1000000;}` +
    `server{listen ${port} backlog=4096 reuseport;location /{proxy_pass http://u;proxy_http_version 1.1;proxy_set_header Connection "";}}`;
  const proxy = startNginx(proxyConf(nginxPort), 1);
  try {
    console.log(
      `${cpus()[0]?.model ?? "?"}, ${cpus().length} processors, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
    );
    if (only === "" || only === "node") {
      const url = (port: number, target: string): string => `http://127.0.0.1:${port}${target}`;
      let latencies: readonly object[] = [];
      console.log("Node, CPU microseconds a request beside nginx:");
      const ratios = await benchNode(
        { pid: proxy.pid!, port: nginxPort },
        document,
        requests,
        rounds,
        seconds,
        async ({ pid, port }) => {
          if (!hasProgram("vegeta")) return;
          const targets = [
            { name: "upstream", url: url(upstreamPort, "/") },
            { name: "nginx", url: url(nginxPort, "/") },
            { name: "sallyport", url: url(port, "/open") },
          ];
          latencies = await benchLatency(pid, targets, rounds, seconds);
        },
      );
      table(ratios);
      if (latencies.length > 0) {
        console.log("At half load, milliseconds:");
        table(latencies);
      } else console.log("The latency at half load needs vegeta (github.com/tsenart/vegeta).");
      console.log("What a second worker costs, CPU microseconds a request:");
      table(await benchGrowth(proxyConf, document, "/open", rounds, seconds));
    }
    if (only === "" || only === "database") {
      console.log("SQLite:");
      table(await benchDatabase(upstreamPort, nginxPort, rounds, seconds));
      if (!hasProgram("vegeta"))
        console.log("What writes do to requests needs vegeta (github.com/tsenart/vegeta).");
    }
    if (only === "" || only === "edge") {
      console.log("Edge, CPU microseconds a request beside a bare fetch Worker:");
      table(await benchEdge(upstreamPort, edgeDocument, edgeRequests, rounds, seconds));
    }
  } finally {
    proxy.kill();
    upstream.kill();
  }
};

if (only !== "micro") await compare();
if (only === "" || only === "micro") {
  spawnSync(process.execPath, [path.join(import.meta.dirname, "micro.ts")], { stdio: "inherit" });
}
