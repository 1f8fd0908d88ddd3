import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { edgeModules, tablesText } from "../support/edge.ts";
import { startWorkers } from "../support/workerd.ts";

test.each(["wrangler.toml", "wrangler.control.toml"])("what %s deploys is at most 150 KiB, gzip", (file) => {
  expect(gzipSync(edgeModules(file)["index.js"]!.contents).byteLength).toBeLessThan(150 * 1024);
});

/** Bytes of a Worker's heap that are in use, garbage among them. */
const heapBytes = async (inspector: URL): Promise<number> => {
  const list = (await (await fetch(`http://${inspector.host}/json`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(list[0]!.webSocketDebuggerUrl);
  await new Promise((resolve) => socket.once("open", resolve));
  const said = new Promise<string>((resolve) => {
    socket.once("message", (data: Buffer) => resolve(data.toString()));
  });
  socket.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" }));
  const { result } = JSON.parse(await said) as { result: { usedSize: number } };
  socket.terminate();
  return result.usedSize;
};

test("10,000 routes take less than 40 MB of an isolate", async () => {
  const env = { CONFIG: { type: "kv", id: "size" }, COUNTERS: { type: "json", value: "isolate" } };
  const miniflare = await startWorkers([{ name: "sallyport", modules: edgeModules(), env }], {
    inspectorPort: 0,
  });
  try {
    const routes = Array.from({ length: 10_000 }, (_, i) => ({ name: `r${i}`, paths: [`/r${i}/`] }));
    const kv = await miniflare.getKVNamespace("CONFIG");
    const text = tablesText({ services: [{ name: "s", url: "http://up.test", routes }] });
    await kv.put("current", text, { metadata: { version: "1" } });
    const { origin } = await miniflare.unsafeGetDirectURL("sallyport");
    expect((await fetch(`${origin}/nowhere`)).status).toBe(404);
    expect(await heapBytes(await miniflare.getInspectorURL())).toBeLessThan(40_000_000);
  } finally {
    await miniflare.dispose();
  }
}, 60_000);
