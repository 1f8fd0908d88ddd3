/** An event as its sender gives it. */
export interface NewEvent {
  /** Chosen by the sender: one that is there already is not appended again, so a retry does no harm. */
  readonly id: string;
  /** Who sends it. */
  readonly node: string;
  readonly channel: string;
  readonly data: string;
  /** Milliseconds until readers get it, by the log's own clock; 0: at once. */
  readonly delayMs: number;
  /** Milliseconds that it is kept from then on. */
  readonly keepMs: number;
}

/** An event as readers get it. */
export interface LoggedEvent {
  /** Its place in the log: greater than that of every event that could be read before. */
  readonly seq: number;
  readonly id: string;
  readonly node: string;
  readonly channel: string;
  readonly data: string;
  /** Milliseconds since the Unix epoch from which on it could be read, by the log's own clock. */
  readonly atMs: number;
}

export interface EventPage {
  /** In the order of `seq`. */
  readonly events: readonly LoggedEvent[];
  /** Milliseconds until another event is due that was appended with a delay; undefined when none waits. */
  readonly dueInMs: number | undefined;
}

/** What accelerates the reading of a log. */
export interface EventWatch {
  /** Whether it still hears; asks the other side. */
  isAlive(): Promise<boolean>;
  /** Harmless when called again. */
  stop(): Promise<void>;
}

/**
 * Events that outlive their senders, for every node that shares the log. A reader that goes on from the last `seq` it
 * got misses nothing and gets nothing twice: an event takes its place when it becomes readable, not when it is sent, so
 * delayed events and slow transactions never appear behind a reader. (A log without one writer, as Cassandra's, takes
 * the time as `seq` and asks for a look-back: readers know events by their id.)
 */
export interface EventLog {
  /** All of them or none. */
  append(events: readonly NewEvent[]): Promise<void>;
  /** The `seq` of the last event that can be read, 0 before the first. */
  head(): Promise<number>;
  /**
   * Events after `seq`, and those of the last `lookBackMs` milliseconds again.
   *
   * @param limit The most events of a page, from its oldest on.
   * @returns Undefined when events after `seq` were deleted.
   */
  since(seq: number, lookBackMs: number, limit: number): Promise<EventPage | undefined>;
  /** Deletes events whose time is over. */
  prune(): Promise<void>;
  /**
   * Calls `onAppend` when there may be something new, soon and without asking. It promises nothing: calls may be lost
   * or come for nothing, and a dead watch hears no more. Absent where only polling helps.
   *
   * @param onLost Called at most once, when it is known to hear no more.
   */
  watch?(onAppend: () => void, onLost: () => void): Promise<EventWatch>;
}
