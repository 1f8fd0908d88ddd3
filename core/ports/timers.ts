/** What stops a timer. Calling it again does nothing. */
export type Cancel = () => void;

/** Work outside any request. A root drives it with timers, alarms or cron. */
export interface Timers {
  /**
   * Runs `work` once.
   *
   * @param delayMs Milliseconds from now, 0 for as soon as possible.
   * @param name Told in logs and statistics.
   */
  at(delayMs: number, name: string, work: () => void | Promise<void>): Cancel;
  /**
   * Runs `work` again and again; a run never overlaps with the one before. A failure is logged and the next
   * run comes in its turn.
   *
   * @param intervalMs Milliseconds between the end of a run and the start of the next, at least 1.
   */
  every(intervalMs: number, name: string, work: () => void | Promise<void>): Cancel;
}
