import { edgeModules } from "../support/edge.ts";
import { startWorkers } from "../support/workerd.ts";

/**
 * Nanoseconds of a match among 10,000 routes in workerd, by this router and by find-my-way: the least of interleaved
 * rounds of 100,000 matches in one request, less what a request takes that does nothing.
 */
export async function compareAtEdge(rounds = 30): Promise<{ own: number; other: number }> {
  const miniflare = await startWorkers([
    { name: "router", modules: edgeModules("test/workerd/router.ts"), flags: ["nodejs_compat"] },
  ]);
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
