/** Width of a bucket, and how late a deadline may come (on an idle machine), in milliseconds. */
const STEP_MS = 20;

const NEVER = Number.POSITIVE_INFINITY;

let nowMs = 0;
let stale = true;

/** The clock is asked once a turn at most: one look costs as much as everything else about a deadline. */
function now(): number {
  if (stale) {
    nowMs = performance.now();
    stale = false;
  }
  return nowMs;
}

/** A turn begins: the clock has to be asked again. */
export function forgetNow(): void {
  stale = true;
}

/** What has to be looked at, by the step in which it may be due. */
const buckets = new Map<number, Deadline[]>();
let timer: NodeJS.Timeout | undefined;
/** The step that the timer waits for. */
let awaited = NEVER;

function wait(step: number): void {
  if (timer !== undefined) clearTimeout(timer);
  awaited = step;
  // A deadline never holds the process: the socket that it guards does.
  timer = setTimeout(look, Math.max(step * STEP_MS - now(), 1)).unref();
}

function look(): void {
  forgetNow();
  timer = undefined;
  const last = Math.floor(now() / STEP_MS);
  for (let step = awaited; step <= last; step++) {
    const bucket = buckets.get(step);
    if (bucket === undefined) continue;
    buckets.delete(step);
    for (const deadline of bucket) deadline.look(step);
  }
  awaited = NEVER;
  if (buckets.size === 0) return;
  let step = last + 1;
  while (!buckets.has(step)) step++;
  wait(step);
}

function enqueue(deadline: Deadline, step: number): void {
  const bucket = buckets.get(step);
  if (bucket === undefined) buckets.set(step, [deadline]);
  else bucket.push(deadline);
  if (step < awaited) wait(step);
}

/**
 * A time limit that is set and lifted again and again: mostly either is one assignment. It lies in the bucket of
 * the earliest time that it was ever set to, and moves on when that time has come and it is not due.
 */
export class Deadline {
  private dueMs = NEVER;
  /** The step of the bucket that it counts as lying in; -1 for none. An older place is ignored. */
  private step = -1;
  private readonly owner: { timedOut(deadline: Deadline): void };

  /** @param owner Told once the time is over; the deadline is lifted by then. */
  constructor(owner: { timedOut(deadline: Deadline): void }) {
    this.owner = owner;
  }

  get armed(): boolean {
    return this.dueMs !== NEVER;
  }

  /** Sets the limit anew. @param durationMs Milliseconds from now; 0 and less lift it. */
  arm(durationMs: number): void {
    if (durationMs <= 0 || durationMs === NEVER) {
      this.dueMs = NEVER;
      return;
    }
    this.dueMs = now() + durationMs;
    const step = Math.ceil(this.dueMs / STEP_MS);
    if (this.step >= 0 && this.step <= step) return;
    this.step = step;
    enqueue(this, step);
  }

  disarm(): void {
    this.dueMs = NEVER;
  }

  /** @internal Its time may have come. */
  look(step: number): void {
    if (step !== this.step) return;
    this.step = -1;
    if (this.dueMs === NEVER) return;
    if (this.dueMs > now()) {
      this.step = Math.ceil(this.dueMs / STEP_MS);
      enqueue(this, this.step);
      return;
    }
    this.dueMs = NEVER;
    this.owner.timedOut(this);
  }
}
