import type { Mlcache } from "../mlcache/index.ts";
import type { Cancel } from "../ports/timers.ts";
import type { ClusterEvents } from "./cluster.ts";

/** What of a cache is told to other nodes. */
export interface Invalidation {
  /** Forgets a key on this node, and soon on every other. */
  invalidate(key: string): Promise<void>;
  /** The same for every key. */
  purge(): Promise<void>;
  readonly close: Cancel;
}

/**
 * Keeps a cache of one name the same on several nodes. Inside a node its workers hear of each other by the cache's own
 * events; one of them, or who polls the cluster events, calls this.
 */
export const clusterInvalidation = (
  cluster: ClusterEvents,
  name: string,
  cache: Pick<Mlcache<unknown>, "delete" | "purge">,
): Invalidation => {
  const channel = `invalidations:${name}`;
  const forget = (key: string | undefined): Promise<void> =>
    key === undefined ? cache.purge() : cache.delete(key);
  const tell = async (key?: string): Promise<void> => {
    await forget(key);
    await cluster.broadcast(channel, JSON.stringify({ key }));
  };
  return {
    invalidate: (key) => tell(key),
    purge: () => tell(),
    close: cluster.subscribe(channel, async (events) => {
      for (const { data } of events) await forget((JSON.parse(data) as { key?: string }).key);
    }),
  };
};
