import type { Clock, SharedTexts } from "../../core/index.ts";

/** Texts of one process or isolate. */
export class MemorySharedTexts implements SharedTexts {
  private readonly clock: Pick<Clock, "nowMs">;
  private readonly maxEntries: number;
  private readonly entries = new Map<string, { readonly text: string; readonly expiresAtMs: number }>();

  /** @param maxEntries Default 10,000; when it is full, the least recently used goes. */
  constructor(clock: Pick<Clock, "nowMs">, maxEntries = 10_000) {
    this.clock = clock;
    this.maxEntries = maxEntries;
  }

  get(key: string): string | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    if (entry.expiresAtMs <= this.clock.nowMs()) return undefined;
    this.entries.set(key, entry);
    return entry.text;
  }

  set(key: string, text: string, ttlMs: number): void {
    this.entries.delete(key);
    if (this.entries.size >= this.maxEntries) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(key, { text, expiresAtMs: this.clock.nowMs() + ttlMs });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  clear(prefix: string): void {
    for (const key of this.entries.keys()) if (key.startsWith(prefix)) this.entries.delete(key);
  }
}
