import { DurableObject } from "cloudflare:workers";
import type { EventLog, EventPage, EventWatch, LoggedEvent, NewEvent } from "../../core/index.ts";
import { AlarmTimers } from "./alarm.ts";

const tables = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, node_id TEXT NOT NULL, at_ms INTEGER NOT NULL,
    expire_at_ms INTEGER NOT NULL, channel TEXT NOT NULL, data TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS events_at ON events (at_ms);
  CREATE INDEX IF NOT EXISTS events_expire_at ON events (expire_at_ms);
  CREATE TABLE IF NOT EXISTS waiting (
    id TEXT PRIMARY KEY, node_id TEXT NOT NULL, nbf_ms INTEGER NOT NULL, keep_ms INTEGER NOT NULL,
    channel TEXT NOT NULL, data TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS waiting_nbf ON waiting (nbf_ms)`;

/** The alarm for clearing away comes at most that often. */
const pruneMs = 60 * 1000;

type EventRow = { seq: number; id: string; node: string; atMs: number; channel: string; data: string };
type WaitingRow = Omit<NewEvent, "delayMs">;

/**
 * The event log of the edge: one object, so one writer, whose numbers have no gaps. An alarm brings up delayed events
 * and clears away old ones. Those who hold a WebSocket to it are told the number of each new event.
 */
export class EventLogObject extends DurableObject {
  private readonly sql: SqlStorage;
  readonly timers: AlarmTimers;

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env);
    this.sql = state.storage.sql;
    this.sql.exec(tables);
    this.timers = new AlarmTimers(state.storage, { log: (...record) => console.error(...record) });
    this.plan(Date.now());
  }

  private mark(name: "head" | "forgotten"): number {
    return this.ctx.storage.kv.get<number>(name) ?? 0;
  }

  async append(events: readonly NewEvent[]): Promise<void> {
    const nowMs = Date.now();
    this.ctx.storage.transactionSync(() => {
      for (const event of events) {
        const { id, node, channel, data, delayMs, keepMs } = event;
        const isThere = "SELECT 1 FROM events WHERE id = ? UNION ALL SELECT 1 FROM waiting WHERE id = ?";
        if (this.sql.exec(isThere, id, id).toArray().length > 0) continue;
        if (delayMs <= 0) this.place(event, nowMs);
        else
          this.sql.exec(
            "INSERT INTO waiting (id, node_id, nbf_ms, keep_ms, channel, data) VALUES (?, ?, ?, ?, ?, ?)",
            ...[id, node, nowMs + Math.ceil(delayMs), keepMs, channel, data],
          );
      }
    });
    this.plan(nowMs);
    this.signal();
  }

  private place({ id, node, channel, data, keepMs }: WaitingRow, nowMs: number): void {
    const seq = this.mark("head") + 1;
    this.sql.exec(
      "INSERT INTO events (seq, id, node_id, at_ms, expire_at_ms, channel, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
      ...[seq, id, node, nowMs, nowMs + keepMs, channel, data],
    );
    this.ctx.storage.kv.put("head", seq);
  }

  private placeDue(nowMs: number): void {
    this.ctx.storage.transactionSync(() => {
      const due = this.sql
        .exec<WaitingRow>(
          `SELECT id, node_id AS node, keep_ms AS keepMs, channel, data FROM waiting
           WHERE nbf_ms <= ? ORDER BY nbf_ms, id`,
          nowMs,
        )
        .toArray();
      for (const event of due) {
        this.place(event, nowMs);
        this.sql.exec("DELETE FROM waiting WHERE id = ?", event.id);
      }
    });
  }

  private first(sql: string): number | undefined {
    return this.sql.exec<{ ms: number | null }>(sql).one().ms ?? undefined;
  }

  private get nextDueMs(): number | undefined {
    return this.first("SELECT MIN(nbf_ms) AS ms FROM waiting");
  }

  /** Sees to it that delayed events come up, and old ones go. An empty log sleeps. */
  private plan(nowMs: number): void {
    const dueMs = this.nextDueMs;
    if (dueMs !== undefined && dueMs !== this.timers.dueMs("delayed events"))
      this.timers.at(dueMs - nowMs, "delayed events", () => {
        this.placeDue(Date.now());
        this.plan(Date.now());
        this.signal();
      });
    const overMs = this.first("SELECT MIN(expire_at_ms) AS ms FROM events");
    if (overMs !== undefined && this.timers.dueMs("prune") === undefined)
      this.timers.at(Math.max(overMs - nowMs, pruneMs), "prune", async () => {
        await this.prune();
        this.plan(Date.now());
      });
  }

  override alarm(): Promise<void> {
    return this.timers.ring();
  }

  async head(): Promise<number> {
    this.placeDue(Date.now());
    return this.mark("head");
  }

  async since(seq: number, lookBackMs: number, limit: number): Promise<EventPage | undefined> {
    const nowMs = Date.now();
    this.placeDue(nowMs);
    if (this.mark("forgotten") > seq) return undefined;
    const rows = this.sql.exec<EventRow>(
      `SELECT seq, id, node_id AS node, at_ms AS atMs, channel, data FROM events
       WHERE seq > ? OR at_ms > ? ORDER BY seq LIMIT ?`,
      ...[seq, nowMs - lookBackMs, limit],
    );
    const dueMs = this.nextDueMs;
    return {
      events: rows.toArray() as LoggedEvent[],
      dueInMs: dueMs === undefined ? undefined : Math.max(0, dueMs - nowMs),
    };
  }

  async prune(): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      const gone = this.sql
        .exec<{ seq: number }>("DELETE FROM events WHERE expire_at_ms <= ? RETURNING seq", Date.now())
        .toArray();
      const last = Math.max(this.mark("forgotten"), ...gone.map(({ seq }) => seq));
      this.ctx.storage.kv.put("forgotten", last);
    });
  }

  /** A socket that hibernates: it costs nothing while nobody sends. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  private signal(): void {
    const head = String(this.mark("head"));
    for (const socket of this.ctx.getWebSockets()) {
      try {
        socket.send(head);
      } catch {
        // It is closing: who held it looks at its interval.
      }
    }
  }
}

/** The log, from any isolate. */
export class DurableEventLog implements EventLog {
  private readonly objects: DurableObjectNamespace<EventLogObject>;
  private readonly name: string;

  /** @param name Those who share it share their events. */
  constructor(objects: DurableObjectNamespace<EventLogObject>, name = "events") {
    this.objects = objects;
    this.name = name;
  }

  private get object(): DurableObjectStub<EventLogObject> {
    return this.objects.getByName(this.name);
  }

  append(events: readonly NewEvent[]): Promise<void> {
    return this.object.append(events);
  }

  head(): Promise<number> {
    return this.object.head();
  }

  since(seq: number, lookBackMs: number, limit: number): Promise<EventPage | undefined> {
    return this.object.since(seq, lookBackMs, limit) as Promise<EventPage | undefined>;
  }

  prune(): Promise<void> {
    return this.object.prune();
  }

  /** Hears as long as the request lives that opened it. */
  async watch(onAppend: () => void, onLost: () => void): Promise<EventWatch> {
    const { webSocket: socket } = await this.object.fetch("https://events/", {
      headers: { Upgrade: "websocket" },
    });
    if (socket === null) throw new Error("the event log opens no socket");
    let isOver = false;
    const lose = (): void => {
      if (isOver) return;
      isOver = true;
      onLost();
    };
    socket.accept();
    socket.addEventListener("message", () => onAppend());
    socket.addEventListener("close", lose);
    socket.addEventListener("error", lose);
    return {
      isAlive: async () => !isOver,
      async stop() {
        if (isOver) return;
        isOver = true;
        socket.close(1000);
      },
    };
  }
}
