import { Miniflare } from "miniflare";
import { edgeModules } from "../support/edge.ts";

const start = async (): Promise<Miniflare> => {
  const manifest = { mainModule: "index.js", modules: edgeModules("test/workerd/router.ts") };
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    workers: [
      {
        dev: { unsafeDirectSockets: [{ port: 0, host: "127.0.0.1" }] },
        config: {
          name: "router",
          compatibilityDate: "2026-11-01",
          compatibilityFlags: ["nodejs_compat"],
          manifest,
        },
      },
    ],
  });
  await miniflare.ready;
  return miniflare;
};

/**
 * Nanoseconds of a match among 10,000 routes in workerd, by this router and by find-my-way: the least of interleaved
 * rounds of 100,000 matches in one request, less what a request takes that does nothing.
 */
export async function compareAtEdge(rounds = 30): Promise<{ own: number; other: number }> {
  const miniflare = await start();
  try {
    const { origin } = await miniflare.unsafeGetDirectURL("router");
    const least: Record<string, number> = {};
    for (let round = 0; round < rounds; round++)
      for (const name of ["own", "other", "nothing"]) {
        const begin = performance.now();
        const found = Number(await (await fetch(`${origin}/${name}?times=100`)).text());
        const ms = performance.now() - begin;
        if (name !== "nothing" && found !== 100_000) throw new Error(`${name} found ${found} of 100,000`);
        least[name] = Math.min(least[name] ?? Infinity, ms);
      }
    const nsOf = (name: string): number => ((least[name]! - least["nothing"]!) * 1e6) / 100_000;
    return { own: nsOf("own"), other: nsOf("other") };
  } finally {
    await miniflare.dispose();
  }
}
