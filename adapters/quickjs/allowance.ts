const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/**
 * The time that a run may take. It ends when that has passed by the clock, and then once more as time of the processor: on
 * a busy machine a thread waits for longer than it runs. Reading the latter costs a run nothing that ends in time.
 */
export class Allowance {
  private readonly maxMs: number;
  private endsAt = Infinity;
  private msOfRun = 0;
  private cpuEndsAt = Infinity;
  /** The run that began last was ended. */
  wasUsedUp = false;

  /** @param maxMs Milliseconds. */
  constructor(maxMs: number) {
    this.maxMs = maxMs;
  }

  begin(maxMs = this.maxMs): void {
    this.msOfRun = maxMs;
    this.endsAt = performance.now() + maxMs;
    this.cpuEndsAt = Infinity;
    this.wasUsedUp = false;
  }

  /** Asked again and again while it runs. */
  isUsedUp(): boolean {
    if (performance.now() < this.endsAt) return false;
    if (this.cpuEndsAt === Infinity) this.cpuEndsAt = cpuMs() + this.msOfRun;
    this.wasUsedUp = cpuMs() >= this.cpuEndsAt;
    return this.wasUsedUp;
  }
}
