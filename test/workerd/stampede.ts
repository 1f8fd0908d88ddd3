import { type DictShard, DurableDict, DurableLock } from "../../adapters/cloudflare/index.ts";
import { Mlcache } from "../../core/mlcache/index.ts";

export { DictShard } from "../../adapters/cloudflare/index.ts";

interface Env {
  readonly DICT: DurableObjectNamespace<DictShard>;
}

let cache: Mlcache<string> | undefined;

/**
 * A caller of one key. `first` says what the first callback of all does when `callers` of them wait: return, throw, or
 * hang.
 */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const [run, first, callers] = [query.get("run")!, query.get("first"), Number(query.get("callers"))];
    const facts = new DurableDict(env.DICT, "facts", 1);
    cache ??= new Mlcache({
      name: "c",
      clock: { nowMs: () => Date.now() },
      l2: new DurableDict(env.DICT, "values", 4),
      lock: new DurableLock(env.DICT, "loads", 4),
      leaseMs: 1500,
      lockTimeoutMs: 20_000,
    });
    if (query.has("callbacks")) return new Response(String(await facts.get(`${run}:callbacks`)));
    const load = async (): Promise<string> => {
      const number = await facts.incr(`${run}:callbacks`, 1, 0);
      if (number > 1) return "v";
      // Waiting lets the runtime take in the other requests; asking without pause would starve them.
      while (((await facts.get(`${run}:callers`)) as number) < callers) await scheduler.wait(5);
      if (first === "throw") throw new Error("origin is down");
      if (first === "hang") await scheduler.wait(600_000);
      return "v";
    };
    await facts.incr(`${run}:callers`, 1, 0);
    try {
      const { from } = await cache.get(run, load);
      return new Response(from);
    } catch (error) {
      return new Response((error as Error).message, { status: 500 });
    }
  },
};
