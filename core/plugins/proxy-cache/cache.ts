import { type Exchange, whenReady } from "../../pdk/index.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
import type { Ready } from "../../ready.ts";
import { pack, type Stored, unpack, type Variants } from "./entry.ts";
import { prefix, variantKey } from "./key.ts";

const isVariants = (entry: Stored | Variants): entry is Variants => "vary" in entry;

/** Responses by key, those with Vary apart by what it names. */
export class ResponseCache {
  private readonly dict: SharedDict;

  constructor(dict: SharedDict) {
    this.dict = dict;
  }

  /** The largest response that is kept: what is larger would push too many others out. */
  get maxBytes(): number {
    return Math.floor(this.dict.capacityBytes / 16);
  }

  find(key: string, exchange: Exchange): Ready<Stored | undefined> {
    return whenReady(this.read(key), (entry) => {
      if (entry === undefined || !isVariants(entry)) return entry;
      return whenReady(this.read(variantKey(key, exchange, entry.vary)), (variant) =>
        variant === undefined || isVariants(variant) ? undefined : variant,
      );
    });
  }

  /** The entry under exactly this key, for the Admin API. */
  read(key: string): Ready<Stored | Variants | undefined> {
    return whenReady(this.dict.get(prefix + key), unpack);
  }

  /** @param vary Request headers that the response hangs on. */
  store(
    key: string,
    exchange: Exchange,
    stored: Stored,
    vary: readonly string[],
    ttlMs: number,
  ): Ready<void> {
    const put = (name: string, entry: Stored | Variants): Ready<void> =>
      whenReady(this.dict.set(prefix + name, pack(entry), ttlMs), () => undefined);
    if (vary.length === 0) return put(key, stored);
    return whenReady(put(key, { vary }), () => put(variantKey(key, exchange, vary), stored));
  }

  forget(key: string): Ready<void> {
    return this.dict.delete(prefix + key);
  }

  clear(): Ready<void> {
    return this.dict.clear(prefix);
  }
}
