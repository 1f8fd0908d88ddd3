/** Time as the gateway sees it. Tests move it by hand; no other code asks the platform. */
export interface Clock {
  /** Milliseconds since the Unix epoch, as a whole number. May jump when the host's clock is set. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start, never going back, with fractions where the platform has them. */
  monotonicMs(): number;
}
