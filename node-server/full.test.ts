import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
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

/** A disk of its own, which is soon full; undefined for who may not mount one. */
const mountSmall = (): string | undefined => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-disk-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", folder]).status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
};

const disk = mountSmall();

describe.skipIf(disk === undefined)("on a disk that fills up (needs mount)", () => {
  afterAll(() => {
    // What was killed may still be on its way out.
    spawnSync("umount", ["-l", disk!]);
    rmSync(disk!, { recursive: true });
  });

  test("what is not kept is refused, what was kept stays, and writing goes on when there is room", async () => {
    const conf = { prefix: path.join(disk!, "prefix"), database: "sqlite" };
    const daemon = await startDaemon({ conf });
    const write = async (username: string): Promise<number> => {
      const headers = ["Content-Type", "application/json"];
      const body = JSON.stringify({ username, tags: ["t".repeat(20_000)] });
      return (await ask(daemon.adminPort, { method: "POST", path: "/consumers", headers, body })).status;
    };
    const names = async ({ adminPort }: { adminPort: number }): Promise<string[]> => {
      const { body } = await ask(adminPort, { path: "/consumers" });
      return (JSON.parse(body) as { data: { username: string }[] }).data.map(({ username }) => username);
    };
    expect(await write("before")).toBe(201);
    const filler = path.join(disk!, "filler");
    const { bavail, bsize } = statfsSync(disk!);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    expect([await write("lost"), await write("lost")]).toEqual([500, 500]);
    expect(await names(daemon)).toEqual(["before"]);
    expect((await ask(daemon.proxyPort, { path: "/" })).status).toBe(404);
    rmSync(filler);
    expect(await write("after")).toBe(201);
    await daemon.stop("SIGKILL");
    const next = await startDaemon({ conf });
    expect((await names(next)).toSorted()).toEqual(["after", "before"]);
    await next.stop();
  });
});
