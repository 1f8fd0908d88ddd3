import type { Gateway, HealthChange } from "../core/index.ts";
import type { Env } from "./env.ts";

const keyOf = ({ upstream, host, port }: HealthChange): string => JSON.stringify([upstream, host, port]);

/** Keeps an isolate in step with the object that makes the health checks. */
export class HealthLink {
  private readonly namespace: NonNullable<Env["HEALTH"]>;
  private noticed: HealthChange[] = [];

  constructor(namespace: NonNullable<Env["HEALTH"]>) {
    this.namespace = namespace;
  }

  /** Traffic or an operator made an address change sides: the object hears of it. */
  notice(change: HealthChange): void {
    this.noticed.push(change);
  }

  /**
   * Tells what was noticed, and takes over who is down.
   *
   * @param probed Upstreams of which the object knows best.
   */
  async exchange(gateway: Gateway, probed: readonly string[]): Promise<void> {
    const all = await this.namespace.getByName("all").exchange(this.noticed.splice(0));
    // What was noticed meanwhile is told with the next exchange, and counts until then.
    const down = new Set([...all, ...this.noticed].map(keyOf));
    for (const change of gateway.unhealthy())
      if (probed.includes(change.upstream) && !down.has(keyOf(change)))
        gateway.setHealth({ ...change, isHealthy: true });
    for (const change of all) gateway.setHealth(change);
  }
}
