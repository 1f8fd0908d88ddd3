import type { Exchange } from "../pdk/exchange.ts";
import type { PluginPhases } from "../pdk/plugin.ts";
import type { Clock } from "../ports/clock.ts";

/** How long a handler of a plugin took for an exchange. */
export interface TracedHandler {
  readonly plugin: string;
  readonly phase: "rewrite" | "access" | "response" | "headerFilter" | "log";
  /** Milliseconds, waiting included. */
  readonly ms: number;
}

/** Takes the time of every handler, for who watches requests. Costs nothing where no plan is traced. */
export class Tracer {
  private readonly clock: Pick<Clock, "monotonicMs">;
  private readonly handlers = new WeakMap<Exchange, TracedHandler[]>();

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.clock = clock;
  }

  /** What ran for an exchange so far, in order. */
  of(exchange: Exchange): readonly TracedHandler[] {
    return this.handlers.get(exchange) ?? [];
  }

  /** The same handlers, timed. Pieces of bodies are not: there may be thousands. */
  wrap(plugin: string, phases: PluginPhases): PluginPhases {
    const wrapped: PluginPhases = { ...phases };
    for (const phase of ["rewrite", "access", "response", "headerFilter", "log"] as const) {
      const handle = phases[phase]?.bind(phases);
      if (handle !== undefined) wrapped[phase] = (exchange) => this.run(plugin, phase, exchange, handle);
    }
    if (phases.bodyFilter !== undefined) wrapped.bodyFilter = phases.bodyFilter.bind(phases);
    if (phases.answer !== undefined) wrapped.answer = phases.answer.bind(phases);
    if (phases.certificate !== undefined) wrapped.certificate = phases.certificate.bind(phases);
    if (phases.close !== undefined) wrapped.close = phases.close.bind(phases);
    return wrapped;
  }

  private run(
    plugin: string,
    phase: TracedHandler["phase"],
    exchange: Exchange,
    handle: (exchange: Exchange) => void | Promise<void>,
  ): void | Promise<void> {
    const startMs = this.clock.monotonicMs();
    const done = (): void => {
      const list = this.handlers.get(exchange) ?? [];
      if (list.length === 0) this.handlers.set(exchange, list);
      list.push({ plugin, phase, ms: this.clock.monotonicMs() - startMs });
    };
    let isWaiting = false;
    try {
      const handled = handle(exchange);
      if (handled === undefined) return undefined;
      isWaiting = true;
      return handled.finally(done);
    } finally {
      if (!isWaiting) done();
    }
  }
}
