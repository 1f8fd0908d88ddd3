import type { Handled, PluginHost } from "../../pdk/index.ts";
import type { Issuer } from "./issuer.ts";

/** What is shown is looked at again after this: another worker, or another node, may have renewed it. */
const freshMs = 60_000;
/** A name without a certificate is looked for again after this. */
const retryMs = 1_000;
/** The most names that are remembered. */
const maxNames = 10_000;
/** The most orders of one worker at the same time: who sends names at random gets no further. */
const maxOrders = 10;

/** Finds certificates for TLS clients that would be shown the default one, and has them ordered. */
export class Greeter {
  private readonly issuer: Issuer;
  private readonly host: PluginHost;
  private readonly isAllowed: (name: string) => boolean;
  /** When a name was last looked for. */
  private readonly lookedAtMs = new Map<string, number>();
  private readonly shown = new Set<string>();
  private readonly ordered = new Set<string>();

  constructor(issuer: Issuer, host: PluginHost, isAllowed: (name: string) => boolean) {
    this.issuer = issuer;
    this.host = host;
    this.isAllowed = isAllowed;
  }

  /** A client introduces itself. It waits for a certificate that is there already, never for one that is ordered. */
  greet(serverName: string): Handled {
    const name = serverName.toLowerCase();
    if (!this.isAllowed(name)) return undefined;
    const isShown = this.shown.has(name);
    if (!isShown && this.host.certificates?.covers(name) === true) return undefined;
    if (!this.isDue(name, isShown ? freshMs : retryMs)) return undefined;
    const looked = this.look(name).catch((error: unknown) =>
      this.host.logger.log("error", `acme: no certificate for ${name}`, { error }),
    );
    return isShown ? undefined : looked;
  }

  private isDue(name: string, afterMs: number): boolean {
    const nowMs = this.host.clock.monotonicMs();
    const last = this.lookedAtMs.get(name);
    if (last !== undefined && nowMs - last < afterMs) return false;
    if (this.lookedAtMs.size >= maxNames) this.lookedAtMs.clear();
    this.lookedAtMs.set(name, nowMs);
    return true;
  }

  private async look(name: string): Promise<void> {
    const { issuer, host } = this;
    // With a database what was issued is a row: the listener shows it.
    const pair = issuer.hasRows ? undefined : await issuer.kept(name);
    if (pair !== undefined) {
      host.certificates?.show(name, pair);
      this.shown.add(name);
      return;
    }
    if (this.ordered.has(name) || this.ordered.size >= maxOrders) return;
    this.ordered.add(name);
    if (await issuer.isBackingOff(name)) this.ordered.delete(name);
    else host.timers.at(0, "acme order", () => this.order(name));
  }

  private async order(name: string): Promise<void> {
    const { logger, certificates } = this.host;
    try {
      const pair = await this.issuer.order(name);
      if (pair === undefined) return;
      logger.log("notice", `acme: ${name} has a certificate`);
      if (this.issuer.hasRows) return;
      certificates?.show(name, pair);
      this.shown.add(name);
    } catch (error) {
      logger.log("error", `acme: no certificate for ${name}`, { error });
    } finally {
      this.ordered.delete(name);
    }
  }
}
