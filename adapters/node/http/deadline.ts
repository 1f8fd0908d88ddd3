/** Milliseconds from an arbitrary start, never going back. */
const now = (): number => performance.now();

/** Deadlines of one duration, in the order of their arming: only the first has to be watched. */
class Queue {
  readonly durationMs: number;
  first: Deadline | undefined = undefined;
  last: Deadline | undefined = undefined;
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(durationMs: number) {
    this.durationMs = durationMs;
  }

  watch(delayMs: number): void {
    // Timers never hold the process: the sockets they guard do.
    this.timer ??= setTimeout(this.fire, Math.max(delayMs, 5)).unref();
  }

  private readonly fire = (): void => {
    this.timer = undefined;
    const at = now();
    let deadline = this.first;
    while (deadline !== undefined && deadline.dueMs <= at) {
      deadline.expire();
      deadline = this.first;
    }
    if (this.first !== undefined) this.watch(this.first.dueMs - at);
  };
}

const queues = new Map<number, Queue>();

/**
 * A time limit that is set again and again at almost no cost: setting it moves it to the end of the queue of its
 * duration, and a queue has one timer for all (socket.setTimeout costs four times as much). It may come up to
 * 5 ms late, never early.
 */
export class Deadline {
  dueMs = 0;
  private readonly owner: { timedOut(): void };
  private queue: Queue | undefined = undefined;
  private before: Deadline | undefined = undefined;
  private after: Deadline | undefined = undefined;

  /** @param owner Told once the time is over; the deadline is disarmed then. */
  constructor(owner: { timedOut(): void }) {
    this.owner = owner;
  }

  /** @internal */
  expire(): void {
    this.disarm();
    this.owner.timedOut();
  }

  get armed(): boolean {
    return this.queue !== undefined;
  }

  /** Sets the limit anew. @param durationMs Milliseconds from now; 0 and less disarm. */
  arm(durationMs: number): void {
    let queue = this.queue;
    if (queue !== undefined) this.disarm();
    if (durationMs <= 0) return;
    if (queue === undefined || queue.durationMs !== durationMs) {
      queue = queues.get(durationMs);
      if (queue === undefined) queues.set(durationMs, (queue = new Queue(durationMs)));
    }
    this.dueMs = now() + durationMs;
    this.queue = queue;
    this.before = queue.last;
    if (queue.last === undefined) queue.first = this;
    else queue.last.after = this;
    queue.last = this;
    queue.watch(durationMs);
  }

  disarm(): void {
    const { queue, before, after } = this;
    if (queue === undefined) return;
    if (before === undefined) queue.first = after;
    else before.after = after;
    if (after === undefined) queue.last = before;
    else after.before = before;
    this.queue = undefined;
    this.before = undefined;
    this.after = undefined;
  }
}
