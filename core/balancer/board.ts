import type { HealthBoard } from "../ports/healthboard.ts";
import type { DictValue, Written } from "../ports/shareddict.ts";

/** A shared dict that answers at once, as those in memory do. */
interface PromptDict {
  get(key: string): DictValue | undefined;
  set(key: string, value: number, ttlMs: number): Written;
  incr(key: string, by: number, init: number, ttlMs: number): number;
}

/** Health in a shared dict. */
export const healthBoard = (dict: PromptDict): HealthBoard => ({
  get: (key) => {
    const value = dict.get(key);
    return typeof value === "number" ? value : undefined;
  },
  set: (key, value, ttlMs) => void dict.set(key, value, ttlMs),
  incr: (key, by, init, ttlMs) => dict.incr(key, by, init, ttlMs),
});
