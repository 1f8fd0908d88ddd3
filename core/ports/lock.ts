/** What holds a lock until it is released or its time is over. */
export interface Lease {
  /** Ends `leaseMs` from now. False when the lease was over: another may hold the lock. */
  extend(leaseMs: number): boolean | Promise<boolean>;
  /** Frees the lock and wakes who waits. Does nothing when the lease was over. */
  release(): void | Promise<void>;
}

/** Mutual exclusion by name, as far as the adapter says. Each lease has its own owner token. */
export interface Lock {
  /**
   * Waits for the lock: first come, first served among the callers of one worker; workers compete.
   *
   * @param leaseMs Milliseconds until the lock is free again by itself, more than 0.
   * @param timeoutMs Milliseconds to wait; 0 tries once.
   * @returns Undefined when the time was over.
   */
  acquire(key: string, leaseMs: number, timeoutMs: number): Lease | undefined | Promise<Lease | undefined>;
}
