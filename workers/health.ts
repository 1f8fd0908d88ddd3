import { DurableObject } from "cloudflare:workers";
import { AlarmTimers, StorageHealthBoard } from "../adapters/cloudflare/index.ts";
import { webClock, WebTimers } from "../adapters/web/index.ts";
import type { HealthChange } from "../core/index.ts";
import type { Env } from "./env.ts";
import { edgeLogger, Isolate } from "./isolate.ts";

/** Milliseconds without a question after which nobody is probed any more. */
const idleMs = 300_000;
const askedKey = "asked";

/** The one that makes the active health checks of all isolates, and knows who is down. */
export class HealthChecks extends DurableObject<Env> {
  private readonly isolate: Isolate;
  private readonly timers: AlarmTimers;
  private isFresh = true;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    const logger = edgeLogger(env);
    this.timers = new AlarmTimers(new WebTimers(logger), webClock, logger);
    this.isolate = new Isolate(env, undefined, {
      timers: this.timers,
      board: new StorageHealthBoard(context.storage.kv),
    });
  }

  /** @param noticed What traffic told an isolate since it asked last. @returns Every address that is down. */
  async exchange(noticed: readonly HealthChange[]): Promise<HealthChange[]> {
    const gateway = await this.isolate.ready(this.ctx);
    for (const change of noticed) gateway.setHealth(change);
    this.ctx.storage.kv.put(askedKey, webClock.nowMs());
    const alarmMs = (await this.ctx.storage.getAlarm()) ?? Infinity;
    if ((this.timers.nextMs ?? Infinity) < alarmMs) await this.arm();
    return gateway.unhealthy();
  }

  override async alarm(): Promise<void> {
    await this.isolate.ready(this.ctx);
    const isFresh = this.isFresh;
    this.isFresh = false;
    await this.timers.ring(isFresh);
    const askedAtMs = this.ctx.storage.kv.get<number>(askedKey) ?? 0;
    if (webClock.nowMs() - askedAtMs < idleMs) await this.arm();
  }

  private async arm(): Promise<void> {
    this.isFresh = false;
    const { nextMs } = this.timers;
    if (nextMs !== undefined) await this.ctx.storage.setAlarm(nextMs);
  }
}
