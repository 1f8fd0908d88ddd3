import type { DictShard } from "../adapters/cloudflare/index.ts";

/** What wrangler.toml binds. */
export interface Env {
  /** Configuration: `current` names a version, `snap:<version>` holds it. */
  readonly CONFIG: KVNamespace;
  /** Counters, locks and caches that isolates share. */
  readonly DICT: DurableObjectNamespace<DictShard>;
  /** `debug` … `emerg`; default `notice`. */
  readonly LOG_LEVEL?: string;
}
