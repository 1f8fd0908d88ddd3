import type { Gateway, HealthChange } from "../core/index.ts";
import type { Env } from "./env.ts";

const keyOf = ({ upstream, host, port }: HealthChange): string => JSON.stringify([upstream, host, port]);

/** Keeps an isolate in step with the object that makes the health checks. */
export class HealthLink {
  private readonly namespace: NonNullable<Env["HEALTH"]>;
  private noticed: HealthChange[] = [];
  private down = new Map<string, HealthChange>();

  constructor(namespace: NonNullable<Env["HEALTH"]>) {
    this.namespace = namespace;
  }

  /** Traffic made an address change sides: the others will hear of it. */
  notice(change: HealthChange): void {
    this.noticed.push(change);
  }

  /** Tells what was noticed, and takes over who is down. */
  async exchange(gateway: Gateway): Promise<void> {
    const told = this.noticed.splice(0);
    const all = await this.namespace.getByName("all").exchange(told);
    const down = new Map(all.map((change) => [keyOf(change), change]));
    for (const [key, change] of this.down)
      if (!down.has(key)) gateway.setHealth({ ...change, isHealthy: true });
    for (const change of down.values()) gateway.setHealth(change);
    this.down = down;
  }
}
