import { afterEach, vi } from "vitest";
import { MemoryLogger } from "../memory/index.ts";
import { describeClock } from "../../test/contracts/clock.ts";
import { describeLogger } from "../../test/contracts/logger.ts";
import { describeRandom } from "../../test/contracts/random.ts";
import { describeTimers } from "../../test/contracts/timers.ts";
import { describeTransport } from "../../test/contracts/transport.ts";
import { ConsoleLogger, FetchTransport, webClock, webRandom, WebTimers } from "./index.ts";

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
// Node's own fetch unpacks what a Worker's passes on: the suite runs where it is used.
if (navigator.userAgent === "Cloudflare-Workers") {
  describeTransport("the web", () => {
    return new FetchTransport({
      fetch: (url, init) => fetch(url, init),
      init: { encodeResponseBody: "manual" },
    });
  });
}
