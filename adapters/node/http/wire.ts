import type { Socket } from "node:net";

import { Deadline } from "./deadline.ts";
import { unsentBytes, writePast } from "./handle.ts";
import { type Block, enter, flush, leave } from "./outbox.ts";

const NOTHING = Buffer.alloc(0);

/** Held text beyond this is written at once. */
const MAX_HELD = 16_000;

/** Connections with text that leaves when every socket that is ready was read. */
let holding: Wire[] = [];
const sendAll = (): void => {
  const ready = holding;
  holding = [];
  for (const wire of ready) wire.sendHeld();
};

/** Unread input at which a connection is no longer read. */
const MAX_UNREAD_BYTES = 65_536;

/**
 * One connection: a socket, what was read of it and not yet consumed, and what is on its way out.
 *
 * Input lies in `bytes` from `at` to `end`. During a read that is the buffer shared by all connections of the
 * thread; what is not consumed when the read is over is copied out.
 */
export abstract class Wire {
  socket: Socket;
  bytes: Buffer = NOTHING;
  at = 0;
  end = 0;
  /** The peer takes bytes slower than they come: stop the source until {@link drained}. */
  congested = false;
  closed = false;
  /** The peer has sent its last byte. */
  ended = false;
  bytesRead = 0;
  bytesWritten = 0;
  readonly deadline: Deadline;
  private readonly encrypted: boolean;
  private held = "";
  /** Texts of which the kernel took a part only, so far. */
  private textsUnderWay = 0;
  private paused = false;
  private sendTimeoutMs = 0;
  private sendWatch: SendWatch | undefined = undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.encrypted = Reflect.get(socket, "encrypted") === true;
    this.deadline = new Deadline(this);
  }

  /** Consumes input, as much as can be. */
  protected abstract advance(): void;
  /** The peer ended its side. */
  protected abstract inputEnded(): void;
  /** The connection is gone; called once. */
  protected abstract gone(error: Error | undefined): void;
  /** The deadline has passed. */
  abstract timedOut(): void;
  /** The peer took what was written: a source that was stopped may go on. */
  protected abstract drained(): void;
  /** The peer took nothing for too long. */
  abstract sendTimedOut(): void;

  /** Takes input. `bytes` may be overwritten after the call. */
  received(length: number, bytes: Buffer): void {
    this.bytesRead += length;
    if (this.at < this.end) {
      const unread = this.end - this.at;
      const joined = Buffer.allocUnsafe(unread + length);
      this.bytes.copy(joined, 0, this.at, this.end);
      bytes.copy(joined, unread, 0, length);
      this.bytes = joined;
      this.at = 0;
      this.end = joined.length;
    } else {
      this.bytes = bytes;
      this.at = 0;
      this.end = length;
    }
    this.turn();
    if (this.at === this.end) return this.forget();
    if (this.bytes === bytes) {
      this.bytes = Buffer.from(bytes.subarray(this.at, this.end));
      this.end -= this.at;
      this.at = 0;
    }
    if (this.end - this.at >= MAX_UNREAD_BYTES) this.pause();
  }

  /** Lets go of input that was consumed. */
  protected forget(): void {
    this.bytes = NOTHING;
    this.at = this.end = 0;
  }

  /** Lets the connection work on its input, and writes what came of it at once. */
  turn(): void {
    enter();
    try {
      this.advance();
    } finally {
      leave();
    }
  }

  /** The socket read the end of the input. */
  finished(): void {
    if (this.ended || this.closed) return;
    this.ended = true;
    enter();
    try {
      this.inputEnded();
    } finally {
      leave();
    }
  }

  /** The socket is closed or has failed. */
  lost(error: Error | undefined): void {
    if (this.closed) return;
    this.closed = true;
    this.deadline.disarm();
    this.sendWatch?.deadline.disarm();
    enter();
    try {
      this.gone(error);
    } finally {
      leave();
    }
  }

  /** Closes at once. What was not sent is lost. */
  destroy(): void {
    this.sendHeld();
    this.socket.destroy();
    this.lost(undefined);
  }

  /** Closes after what was written. */
  closeSoon(): void {
    flush();
    this.sendHeld();
    this.socket.destroySoon();
  }

  pause(): void {
    if (this.paused || this.closed) return;
    this.paused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.paused || this.closed) return;
    this.paused = false;
    this.socket.resume();
  }

  /**
   * Writes bytes that stay as they are until taken.
   *
   * @param block Where they lie, to be told when they are taken later.
   * @returns true when the kernel took all of them at once.
   */
  write(bytes: Uint8Array, block?: Block): boolean {
    if (this.closed) return true;
    this.sendHeld();
    this.bytesWritten += bytes.length;
    let room: boolean;
    if (this.encrypted && block !== undefined) {
      // TLS never finishes a write at once: without its word the block would be lost each time.
      block.read();
      room = this.socket.write(bytes, block.done);
    } else room = this.socket.write(bytes);
    if (this.socket.writableLength === 0) return true;
    if (!this.encrypted) block?.lose();
    if (!room) this.congest();
    return false;
  }

  /**
   * Takes text of single-byte characters, to be written in this turn of the event loop, after all sockets that are
   * ready were read. Writes that follow each other closely find their peers awake: waking one costs the kernel more
   * than the write (CPU a request 1.48x nginx when each was written at once, 1.37x so).
   */
  hold(text: string): void {
    if (this.closed) return;
    if (this.held === "" && holding.push(this) === 1) setImmediate(sendAll);
    this.held += text;
    if (this.held.length > MAX_HELD) this.sendHeld();
  }

  /** Forgets what is held: it shall not be sent any more. */
  protected dropHeld(): void {
    this.held = "";
  }

  /** Writes what is held: before anything that must come after it. */
  sendHeld(): void {
    const text = this.held;
    if (text === "" || this.closed) return;
    this.held = "";
    this.bytesWritten += text.length;
    const { socket } = this;
    const written = this.encrypted ? "not" : writePast(socket, text, this);
    if (written === "part") {
      this.textsUnderWay++;
      this.congest();
    } else if (written === "not" && !socket.write(text, "latin1") && socket.writableLength > 0)
      this.congest();
  }

  /** The kernel took the rest of a text. */
  taken(): void {
    this.textsUnderWay--;
    if (this.textsUnderWay === 0 && !this.closed && !this.socket.writableNeedDrain) this.emptied();
  }

  private congest(): void {
    this.congested = true;
    if (this.sendTimeoutMs > 0) (this.sendWatch ??= new SendWatch(this)).start(this.sendTimeoutMs);
  }

  /** Milliseconds in which the peer has to take something of what is written; 0 for any time. */
  limitSend(timeoutMs: number): void {
    this.sendTimeoutMs = timeoutMs;
  }

  /** The socket took all. */
  emptied(): void {
    this.congested = false;
    this.sendWatch?.deadline.disarm();
    enter();
    try {
      this.drained();
    } finally {
      leave();
    }
  }
}

/** Watches that a slow peer takes at least something in time. */
class SendWatch {
  readonly deadline: Deadline;
  private readonly wire: Wire;
  private unsent = 0;
  private timeoutMs = 0;

  constructor(wire: Wire) {
    this.wire = wire;
    this.deadline = new Deadline(this);
  }

  start(timeoutMs: number): void {
    if (this.deadline.armed) return;
    this.timeoutMs = timeoutMs;
    this.unsent = this.measure();
    this.deadline.arm(timeoutMs);
  }

  /** Bytes that the kernel has not taken: one large write shrinks here long before it is finished. */
  private measure(): number {
    return unsentBytes(this.wire.socket);
  }

  timedOut(): void {
    const unsent = this.measure();
    if (unsent !== this.unsent) {
      this.unsent = unsent;
      this.deadline.arm(this.timeoutMs);
      return;
    }
    enter();
    try {
      this.wire.sendTimedOut();
    } finally {
      leave();
    }
  }
}
