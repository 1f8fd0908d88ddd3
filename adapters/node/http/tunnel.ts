import type { Tunnel } from "../../../core/index.ts";
import { putBytes } from "./outbox.ts";
import type { Wire } from "./wire.ts";

/** Two connections that hand their bytes to each other. */
export class WireTunnel implements Tunnel {
  private readonly upstream: Wire;
  /** Milliseconds without a byte in either direction after which the tunnel ends. */
  private readonly idleMs: number;
  private downstream: Wire | undefined = undefined;
  private whenOver: (() => void) | undefined = undefined;
  private over = false;

  constructor(upstream: Wire, idleMs: number) {
    this.upstream = upstream;
    this.idleMs = idleMs;
  }

  close(): void {
    this.finish();
  }

  /** Joins the client's connection. @param whenOver Called once, when either side has ended. */
  join(downstream: Wire, whenOver: () => void): void {
    if (this.over || this.upstream.closed) {
      this.over = true;
      downstream.closeSoon();
      whenOver();
      return;
    }
    this.downstream = downstream;
    this.whenOver = whenOver;
    this.forward(this.upstream);
    this.forward(downstream);
  }

  /** Hands on what `from` has read. Before both sides are joined it waits, unread. */
  forward(from: Wire): void {
    const to = this.peerOf(from);
    if (to === undefined || this.over) return;
    this.upstream.deadline.arm(this.idleMs);
    if (from.at === from.end) return;
    putBytes(to, from.bytes.subarray(from.at, from.end));
    from.at = from.end;
    if (to.congested) from.pause();
  }

  /** `wire` took what was sent to it. */
  drained(wire: Wire): void {
    this.upstream.deadline.arm(this.idleMs);
    this.peerOf(wire)?.resume();
  }

  /** Ends both sides, after what is already on its way. */
  finish(): void {
    if (this.over) return;
    this.over = true;
    this.upstream.deadline.disarm();
    this.upstream.closeSoon();
    this.downstream?.closeSoon();
    this.whenOver?.();
  }

  private peerOf(wire: Wire): Wire | undefined {
    return wire === this.upstream ? this.downstream : this.upstream;
  }
}

export const isTunnel = (tunnel: Tunnel | undefined): tunnel is WireTunnel => tunnel instanceof WireTunnel;
