import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { configure, type World, wrk } from "./world.ts";
import { untilServes, workersOf } from "./process.ts";

/** A plugin that ends the worker that meets it: by an error of nobody's, by `process.exit`, or for want of heap. */
const mortal = `
const ways = {
  throw() { setImmediate(() => { throw new Error("as asked"); }); },
  exit() { process.exit(3); },
  heap() {
    const kept = [];
    setImmediate(function grow() {
      for (let i = 0; i < 1e5; i++) kept.push({ i, text: [i] });
      setImmediate(grow);
    });
  },
};
class Mortal {
  async access(kong) { ways[(await kong.request.getPath()).split("/").pop()]?.(); }
}
module.exports = { Plugin: Mortal, Schema: [], Version: "1.0.0", Priority: 1 };
`;

const ways = ["throw", "exit", "heap", "throw", "exit"];

/** Puts the plugin where the gateway finds it. Before the start. */
export const writeMortal = (prefix: string): void => {
  mkdirSync(path.join(prefix, "plugins"), { recursive: true });
  writeFileSync(path.join(prefix, "plugins/mortal.cjs"), mortal);
};

/**
 * Ends five workers under load, one after the other.
 *
 * @returns What clients saw, and how many workers died: each may take the requests with it that were under way on it.
 */
export const deaths = async (world: World): Promise<{ readonly kept: string; readonly died: number }> => {
  await configure(world, {
    services: [
      {
        name: "up",
        url: `http://127.0.0.1:${world.upstreamPort}`,
        routes: [
          { name: "r", paths: ["/"] },
          { name: "death", paths: ["/die/"], strip_path: false, plugins: [{ name: "mortal" }] },
        ],
      },
    ],
  });
  const load = wrk(world.proxyPort, 30);
  for (const way of ways) {
    await workersOf(world.adminPort, 2);
    await fetch(`http://127.0.0.1:${world.proxyPort}/die/${way}`).catch(() => undefined);
    await after(way === "heap" ? 5_000 : 1_000);
  }
  const kept = await load.done;
  await untilServes(world.proxyPort, "/");
  return { kept, died: world.log().match(/died with code/g)?.length ?? 0 };
};
