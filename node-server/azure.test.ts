import { afterAll, beforeAll, expect, test } from "vitest";
import { type Daemon, startDaemon } from "../test/support/daemon.ts";
import { startUpstream, type Upstream } from "../test/support/upstream.ts";

let daemon: Daemon;
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
  // `<appname>.<hostdomain>` is an address here.
  const config = { appname: "127", hostdomain: `0.0.1:${upstream.port}`, functionname: "f", https: false };
  daemon = await startDaemon({
    document: { routes: [{ paths: ["/"], plugins: [{ name: "azure-functions", config }] }] },
  });
});
afterAll(async () => {
  await daemon?.stop();
  await upstream?.close();
});

test.each([
  ["GET", undefined, ""],
  ["POST", "tea ☕", "tea ☕"],
  ["DELETE", "", ""],
])("a %s reaches the function over the network", async (method, body, got) => {
  const response = await fetch(`http://127.0.0.1:${daemon.proxyPort}/x?a=1`, {
    method,
    headers: { "x-case": `azure-${method}` },
    ...(body !== undefined && { body }),
  });
  expect([response.status, (await response.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
  expect(upstream.received.get(`azure-${method}`)).toMatchObject([{ method, url: "/api/f?a=1", body: got }]);
});
