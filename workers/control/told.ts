import type { Clock, GroupState, HealthChange, HealthSource } from "../../core/index.ts";

/** Milliseconds after which what was told is not known any more: nobody is probed then. */
const lastingMs = 60_000;

/** Health as the object tells that makes the checks; it is not known again when this one was evicted, until the next. */
export class ToldHealth implements HealthSource {
  private readonly clock: Pick<Clock, "nowMs">;
  private readonly tell: (change: HealthChange) => void;
  private states = new Map<string, GroupState | undefined>();
  private toldAtMs = -Infinity;

  /** @param tell Brings an operator's word to all who send requests. */
  constructor(clock: Pick<Clock, "nowMs">, tell: (change: HealthChange) => void) {
    this.clock = clock;
    this.tell = tell;
  }

  learn(states: readonly (readonly [string, GroupState | undefined])[]): void {
    this.states = new Map(states);
    this.toldAtMs = this.clock.nowMs();
  }

  state(upstream: string): Promise<GroupState | undefined> {
    const isKnown = this.clock.nowMs() - this.toldAtMs < lastingMs;
    return Promise.resolve(isKnown ? this.states.get(upstream) : undefined);
  }

  mark(upstream: string, host: string, port: number, isHealthy: boolean): void {
    this.tell({ upstream, host, port, isHealthy });
  }
}
