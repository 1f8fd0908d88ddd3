import type { Clock, EventLog, EventPage, EventWatch, LoggedEvent, NewEvent } from "../../core/index.ts";

type Kept = LoggedEvent & { readonly expiresAtMs: number };
type Waiting = NewEvent & { readonly dueAtMs: number };

/** Events of one process or isolate. */
export class MemoryEventLog implements EventLog {
  private readonly clock: Pick<Clock, "nowMs">;
  private readonly watchers = new Set<() => void>();
  private events: Kept[] = [];
  private waiting: Waiting[] = [];
  private lastSeq = 0;
  private forgotten = 0;

  constructor(clock: Pick<Clock, "nowMs">) {
    this.clock = clock;
  }

  async append(events: readonly NewEvent[]): Promise<void> {
    const nowMs = this.clock.nowMs();
    const isThere = (id: string): boolean =>
      this.events.some((event) => event.id === id) || this.waiting.some((event) => event.id === id);
    for (const event of events) {
      if (isThere(event.id)) continue;
      if (event.delayMs > 0) this.waiting.push({ ...event, dueAtMs: nowMs + event.delayMs });
      else this.place(event, nowMs);
    }
    for (const watcher of this.watchers) watcher();
  }

  private place({ id, node, channel, data, keepMs }: NewEvent, nowMs: number): void {
    const seq = ++this.lastSeq;
    this.events.push({ seq, id, node, channel, data, atMs: nowMs, expiresAtMs: nowMs + keepMs });
  }

  private placeDue(): void {
    const nowMs = this.clock.nowMs();
    const due = this.waiting.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    this.waiting = this.waiting.filter(({ dueAtMs }) => dueAtMs > nowMs);
    for (const event of due.sort((a, b) => a.dueAtMs - b.dueAtMs)) this.place(event, nowMs);
  }

  async head(): Promise<number> {
    this.placeDue();
    return this.lastSeq;
  }

  async since(seq: number, lookBackMs: number, limit: number): Promise<EventPage | undefined> {
    this.placeDue();
    if (this.forgotten > seq) return undefined;
    const nowMs = this.clock.nowMs();
    const events = this.events
      .filter((event) => event.seq > seq || event.atMs > nowMs - lookBackMs)
      .slice(0, limit)
      .map(({ seq, id, node, channel, data, atMs }) => ({ seq, id, node, channel, data, atMs }));
    const dues = this.waiting.map(({ dueAtMs }) => dueAtMs - nowMs);
    return { events, dueInMs: dues.length === 0 ? undefined : Math.min(...dues) };
  }

  async prune(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const gone = this.events.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
    this.events = this.events.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    this.forgotten = Math.max(this.forgotten, ...gone.map(({ seq }) => seq));
  }

  async watch(onAppend: () => void): Promise<EventWatch> {
    this.watchers.add(onAppend);
    const stop = async (): Promise<void> => void this.watchers.delete(onAppend);
    return { isAlive: async () => this.watchers.has(onAppend), stop };
  }
}
