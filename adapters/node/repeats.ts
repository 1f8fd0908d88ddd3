const windowMs = 1_000;
/** Wordings that are told apart; beyond, counting begins anew. */
const maxWordings = 1_000;

/** Lets some records of one wording through each second, and counts the others. */
export class Repeats {
  private readonly limit: number;
  private readonly tell: (message: string, count: number) => void;
  private readonly counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  /** @param limit Records a second; 0 for no limit. @param tell Told at the end of a second what was held back. */
  constructor(limit: number, tell: (message: string, count: number) => void) {
    this.limit = limit;
    this.tell = tell;
  }

  /** True when the record is to be written. */
  passes(message: string): boolean {
    if (this.limit === 0) return true;
    if (this.counts.size >= maxWordings) this.flush();
    const count = (this.counts.get(message) ?? 0) + 1;
    this.counts.set(message, count);
    this.timer ??= setTimeout(() => this.flush(), windowMs).unref();
    return count <= this.limit;
  }

  /** Tells what was held back, and begins anew. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [message, count] of this.counts)
      if (count > this.limit) this.tell(message, count - this.limit);
    this.counts.clear();
  }
}
