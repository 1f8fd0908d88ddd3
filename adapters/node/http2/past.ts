import { Http2Error } from "./error.ts";
import { ENHANCE_YOUR_CALM } from "./frame.ts";

/** How a stream ended: both sides were done, the other side cut it, or this one did. */
export type Ending = "ended" | "cut" | "reset";

/** Streams that are remembered: frames for them may still be on their way. */
const MAX_STREAMS = 256;

/**
 * Streams that the other side may cut: so many at once, and so many again every ten seconds; each that comes to its
 * end makes up for one. (CVE-2023-44487: requests that are reset at once cost their sender nothing.)
 */
const MAX_CUT = 1_000;
const CUT_PERIOD_MS = 10_000;

/** The streams of a connection that are over. */
export class Past {
  private readonly endings = new Map<number, Ending>();
  private cuts = 0;
  private cutsSinceMs = 0;

  /** Undefined for what never was, or is long over. */
  endingOf(streamId: number): Ending | undefined {
    return this.endings.get(streamId);
  }

  add(streamId: number, ending: Ending): void {
    if (ending === "ended" && this.cuts > 0) this.cuts--;
    this.endings.set(streamId, ending);
    if (this.endings.size <= MAX_STREAMS) return;
    for (const oldest of this.endings.keys()) {
      this.endings.delete(oldest);
      return;
    }
  }

  /** Counts a stream that the other side cuts. @throws Http2Error for too many. */
  countCut(): void {
    if (++this.cuts <= MAX_CUT) return;
    const nowMs = performance.now();
    if (nowMs - this.cutsSinceMs < CUT_PERIOD_MS) throw new Http2Error(ENHANCE_YOUR_CALM);
    this.cutsSinceMs = nowMs;
    this.cuts = 0;
  }
}
