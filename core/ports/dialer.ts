/** What came of connecting. */
export type DialOutcome = "connected" | "refused" | "timeout";

/** Tries whether somebody listens. */
export interface Dialer {
  /**
   * Connects by TCP and closes the connection at once. Never fails.
   *
   * @param host An IP address, or a name for the platform to resolve.
   * @param timeoutMs Milliseconds until it is given up.
   */
  dial(host: string, port: number, timeoutMs: number): Promise<DialOutcome>;
}
