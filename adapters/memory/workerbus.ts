import type { BusReceiver, BusTarget, Cancel, Clock, WorkerBus } from "../../core/index.ts";

const uniqueMs = 5_000;
const maxTextLength = 65_535;

interface Member {
  readonly receiver: BusReceiver;
  readonly queue: (readonly [text: string, from: number])[];
}

/** What the workers of a node in memory share. */
export class MemoryBusHub {
  private readonly clock: Pick<Clock, "nowMs">;
  private readonly maxQueued: number;
  private readonly members = new Map<number, Member>();
  private readonly uniques = new Map<string, number>();
  /** Keeps what is for any one while nobody listens. */
  private readonly nobody: Pick<Member, "queue"> = { queue: [] };
  private turn = 0;

  /** @param maxQueued Messages that wait for one worker, at most. */
  constructor(clock: Pick<Clock, "nowMs">, maxQueued = 10_240) {
    this.clock = clock;
    this.maxQueued = maxQueued;
  }

  /** @param worker Its number. */
  join(worker: number): WorkerBus {
    return {
      send: (to, text, unique) => this.send(worker, to, text, unique),
      receive: (receiver) => this.receive(worker, receiver),
    };
  }

  private send(worker: number, to: BusTarget, text: string, unique: string | undefined): boolean {
    if (text.length > maxTextLength) throw new RangeError("a message has at most 65,535 characters");
    const nowMs = this.clock.nowMs();
    if (unique !== undefined && (this.uniques.get(unique) ?? 0) > nowMs) return true;
    const receivers = this.receivers(worker, to);
    if (receivers.some(({ queue }) => queue.length >= this.maxQueued)) return false;
    if (unique !== undefined) this.uniques.set(unique, nowMs + uniqueMs);
    for (const { queue } of receivers) queue.push([text, worker]);
    this.wake();
    return true;
  }

  private wake(): void {
    void Promise.resolve().then(() => this.drain());
  }

  private receivers(worker: number, to: BusTarget): Pick<Member, "queue">[] {
    const all = [...this.members.values()];
    if (to === "all") return all;
    if (to === "one") return [all[this.turn++ % all.length] ?? this.nobody];
    return all.filter((member) => this.members.get(worker) === member);
  }

  private receive(worker: number, receiver: BusReceiver): Cancel {
    if (this.members.has(worker)) throw new TypeError("this worker listens already");
    const member: Member = { receiver, queue: this.nobody.queue.splice(0) };
    this.members.set(worker, member);
    if (member.queue.length > 0) this.wake();
    return () => {
      if (this.members.get(worker) === member) this.members.delete(worker);
    };
  }

  private drain(): void {
    for (const { queue, receiver } of this.members.values()) {
      for (const [text, from] of queue.splice(0)) {
        try {
          receiver.message(text, from);
        } catch {
          // Lost, as the port says.
        }
      }
    }
  }
}
