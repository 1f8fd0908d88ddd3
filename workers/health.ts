import { DurableObject } from "cloudflare:workers";
import { AlarmTimers, StorageHealthBoard } from "../adapters/cloudflare/index.ts";
import { webClock, WebTimers } from "../adapters/web/index.ts";
import type { HealthChange, Logger } from "../core/index.ts";
import type { Env } from "./env.ts";
import { Isolate } from "./isolate.ts";
import { edgeLogger } from "./logger.ts";

/** Milliseconds without a question after which nobody is probed any more. */
const idleMs = 300_000;
const askedKey = "asked";
/** Milliseconds between two reports to the control plane, at least. */
const reportMs = 1_000;

/** The one that makes the active health checks of all isolates, and knows who is down. */
export class HealthChecks extends DurableObject<Env> {
  private readonly isolate: Isolate;
  private readonly timers: AlarmTimers;
  private readonly logger: Logger;
  private reportedAtMs = 0;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    const logger = edgeLogger(env);
    this.logger = logger;
    this.timers = new AlarmTimers(context.storage, logger);
    const eventLoop = new WebTimers(logger);
    this.isolate = new Isolate(env, undefined, {
      timers: {
        // What runs once is a part of what runs now: an alarm would wait for the one that rings.
        at: (...job) => eventLoop.at(...job),
        every: (...job) => this.timers.every(...job),
      },
      board: new StorageHealthBoard(context.storage.kv),
    });
  }

  /** @param noticed What traffic told an isolate since it asked last. @returns Every address that is down. */
  async exchange(noticed: readonly HealthChange[]): Promise<HealthChange[]> {
    const gateway = await this.isolate.ready(this.ctx);
    for (const change of noticed) gateway.setHealth(change);
    this.ctx.storage.kv.put(askedKey, webClock.nowMs());
    // It was let go when nobody asked.
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(webClock.nowMs());
    return gateway.unhealthy();
  }

  override async alarm(): Promise<void> {
    await this.isolate.ready(this.ctx);
    await this.timers.ring();
    await this.report();
    const askedAtMs = this.ctx.storage.kv.get<number>(askedKey) ?? 0;
    if (webClock.nowMs() - askedAtMs >= idleMs) await this.ctx.storage.deleteAlarm();
  }

  /** Tells the control plane what is known of every upstream that is probed. */
  private async report(): Promise<void> {
    const { CONTROL: control } = this.env;
    const nowMs = webClock.nowMs();
    if (control === undefined || nowMs - this.reportedAtMs < reportMs) return;
    this.reportedAtMs = nowMs;
    const gateway = await this.isolate.ready(this.ctx);
    try {
      const states = await Promise.all(
        this.isolate.probed.map(async (name) => [name, await gateway.upstreamState(name)] as const),
      );
      await control.getByName("control").learnHealth(states);
    } catch (error) {
      this.logger.log("error", "the control plane can't be told of health", { error });
    }
  }
}
