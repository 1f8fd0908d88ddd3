/** What traffic or a probe says of an address. */
export type Report = { readonly status: number } | "tcp_failure" | "timeout";

/** Counters at which an address changes sides; 0 for never. Kong's names, of `passive` and `active`. */
export interface Thresholds {
  readonly healthy: { readonly successes: number; readonly http_statuses: readonly number[] };
  readonly unhealthy: {
    readonly http_failures: number;
    readonly tcp_failures: number;
    readonly timeouts: number;
    readonly http_statuses: readonly number[];
  };
}

/** Counts what was reported of one address and says when it changes sides. */
export class HealthCounter {
  private successes = 0;
  private httpFailures = 0;
  private tcpFailures = 0;
  private timeouts = 0;

  /**
   * A success clears the failures, a failure the successes; statuses in neither list are ignored.
   *
   * @returns The new side, when this report was the one that decided.
   */
  report(report: Report, thresholds: Thresholds): "healthy" | "unhealthy" | undefined {
    const { healthy, unhealthy } = thresholds;
    if (typeof report === "object") {
      if (healthy.http_statuses.includes(report.status)) return this.succeed(healthy.successes);
      // 0 stands for an answer that could not be parsed.
      if (report.status !== 0 && !unhealthy.http_statuses.includes(report.status)) return undefined;
    }
    this.successes = 0;
    if (report === "tcp_failure") return this.reached(++this.tcpFailures, unhealthy.tcp_failures);
    if (report === "timeout") return this.reached(++this.timeouts, unhealthy.timeouts);
    return this.reached(++this.httpFailures, unhealthy.http_failures);
  }

  /** Forgets everything, e.g. when an operator decides. */
  clear(): void {
    this.successes = 0;
    this.httpFailures = 0;
    this.tcpFailures = 0;
    this.timeouts = 0;
  }

  private succeed(needed: number): "healthy" | undefined {
    this.httpFailures = 0;
    this.tcpFailures = 0;
    this.timeouts = 0;
    return needed > 0 && ++this.successes >= needed ? "healthy" : undefined;
  }

  private reached(count: number, limit: number): "unhealthy" | undefined {
    return limit > 0 && count >= limit ? "unhealthy" : undefined;
  }
}
