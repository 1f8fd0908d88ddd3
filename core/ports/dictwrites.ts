import type { DictValue, Written } from "./shareddict.ts";

/** What has to hold of a key before it is written. */
export type WriteCondition = "always" | "absent" | "live";

/** The ways to write into a dict, all told in terms of one. */
export abstract class DictWrites {
  /** @param mayEvict Whether live entries may give way. */
  protected abstract write(
    condition: WriteCondition,
    mayEvict: boolean,
    key: string,
    value: DictValue,
    ttlMs?: number,
    flags?: number,
  ): Written;

  set(key: string, value: DictValue, ttlMs?: number, flags?: number): Written {
    return this.write("always", true, key, value, ttlMs, flags);
  }

  safeSet(key: string, value: DictValue, ttlMs?: number, flags?: number): Written {
    return this.write("always", false, key, value, ttlMs, flags);
  }

  add(key: string, value: DictValue, ttlMs?: number, flags?: number): Written {
    return this.write("absent", true, key, value, ttlMs, flags);
  }

  safeAdd(key: string, value: DictValue, ttlMs?: number, flags?: number): Written {
    return this.write("absent", false, key, value, ttlMs, flags);
  }

  replace(key: string, value: DictValue, ttlMs?: number, flags?: number): Written {
    return this.write("live", true, key, value, ttlMs, flags);
  }
}
