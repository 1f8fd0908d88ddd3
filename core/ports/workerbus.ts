import type { Cancel } from "./timers.ts";

/** To every worker that listens, the sender too; to the sender alone; or to exactly one worker, whichever. */
export type BusTarget = "all" | "self" | "one";

export interface BusReceiver {
  /** @param from Number of the worker that sent it. */
  message(text: string, from: number): void;
  /** Messages that were on their way to this worker may be lost: what was derived from them has to be made anew. */
  lost(): void;
}

/** How the workers of a node reach each other. Messages of one sender arrive in the order in which they were sent. */
export interface WorkerBus {
  /**
   * Never waits. A message to one worker that ends before it took it goes to another one; while nobody listens it is
   * kept for the first that does.
   *
   * @param text At most 65,535 characters: RangeError else.
   * @param unique Of messages with the same one within 5 s only the first is sent, whoever sends it.
   * @returns False when a receiver's queue is full: not every receiver gets it.
   */
  send(to: BusTarget, text: string, unique?: string): boolean;
  /**
   * Begins to listen. Messages come in later turns, never inside of `send`.
   *
   * @param receiver What it throws is lost.
   * @throws TypeError when this worker listens already.
   */
  receive(receiver: BusReceiver): Cancel;
}
