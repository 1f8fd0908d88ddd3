import { afterEach, expect, inject, test, vi } from "vitest";
import { MemoryLogger } from "../memory/index.ts";
import { describeClock } from "../../test/contracts/clock.ts";
import { describeLogger } from "../../test/contracts/logger.ts";
import { describeRandom } from "../../test/contracts/random.ts";
import { describeTimers } from "../../test/contracts/timers.ts";
import { describeTransport } from "../../test/contracts/transport.ts";
import { ConsoleLogger, FetchTransport, webClock, WebFetcher, webRandom, WebTimers } from "./index.ts";

afterEach(() => void vi.restoreAllMocks());

describeClock("the web", () => webClock);
describeRandom("the web", () => webRandom);
describeTimers("the web", () => ({
  timers: new WebTimers(new MemoryLogger()),
  pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}));
describeLogger("the web", () => {
  const lines: unknown[] = [];
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
  vi.spyOn(console, "error").mockImplementation((line) => void lines.push(line));
  return { logger: new ConsoleLogger("notice"), written: () => lines.join("\n") };
});
const isWorker = navigator.userAgent === "Cloudflare-Workers";

test("the fetcher passes bytes beyond ASCII in fields as they are", async () => {
  const { headers, body } = await new WebFetcher(isWorker ? "text" : "bytes").ask(
    {
      method: "GET",
      url: `http://127.0.0.1:${inject("upstreamPort")}/letters`,
      headers: [["X-Name", "\xc3\xbc"]],
      body: "",
      timeoutMs: 5_000,
    },
    100,
  );
  const named = headers.find(([name]) => name === "x-name")?.[1];
  expect([named, new TextDecoder().decode(body)]).toEqual(["\xc3\xbc", "c3bc"]);
});

// Node's own fetch unpacks what a Worker's passes on: the suite runs where it is used.
if (isWorker) {
  describeTransport("the web", () => {
    return new FetchTransport({
      fetch: (url, init) => fetch(url, init),
      init: { encodeResponseBody: "manual" },
      fieldValues: "text",
    });
  });
}
