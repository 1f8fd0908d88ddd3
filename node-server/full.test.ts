import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startDaemon } from "../test/support/daemon.ts";
import { openWorld } from "../test/acceptance/world.ts";
import { ask } from "../test/support/client.ts";

/** Takes no byte: every write fails as on a disk that is full. */
const full = "/dev/full";

describe.skipIf(!existsSync(full))("on a full disk", () => {
  test("requests are answered, though nothing can be logged", async () => {
    const daemon = await startDaemon({
      document: {
        routes: [
          {
            paths: ["/"],
            plugins: [{ name: "file-log", config: { path: full } }, { name: "request-termination" }],
          },
        ],
      },
      conf: { proxy_access_log: full, admin_access_log: full },
    });
    for (let i = 0; i < 20; i++) expect((await ask(daemon.proxyPort, { path: "/" })).status).toBe(503);
    expect((await ask(daemon.adminPort, { path: "/status" })).status).toBe(200);
    expect(daemon.output()).not.toContain("died");
    expect(await daemon.stop()).toBe(0);
  });

  test("a gateway in the background serves, though its log takes nothing", async () => {
    const world = await openWorld({ proxy_error_log: full });
    expect(await world.sallyport("start")).toMatchObject({ code: 0 });
    const refused = await fetch(`http://127.0.0.1:${world.adminPort}/config`, { method: "POST", body: "x" });
    expect(refused.status).toBe(415);
    expect(await world.sallyport("reload")).toMatchObject({ code: 0 });
    expect((await ask(world.proxyPort, { path: "/" })).status).toBe(404);
    await world.end();
  });
});
