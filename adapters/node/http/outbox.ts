import { forgetNow } from "./deadline.ts";
import type { Wire } from "./wire.ts";

/** Room for a read of 64 KiB with its head and chunk framing, twice. */
const SIZE = 131_072;
/** What has to be free for a buffer to be kept after a write that did not finish at once. */
const KEEP = 65_536 + 16_384;
/** Text up to this size is written as it is: Node encodes it on the stack (up to 16 KiB). */
const MAX_TEXT = 16_000;
/** Bytes up to this size join the text before them. */
const MAX_INLINE_BYTES = 512;

/** A buffer that bytes leave from, and who still reads it. */
export class Block {
  readonly buffer = Buffer.allocUnsafeSlow(SIZE);
  private readers = 0;
  private retired = false;
  private lost = false;

  /** A write reads from it until {@link done}. */
  read(): void {
    this.readers++;
  }

  readonly done = (): void => {
    this.readers--;
    this.recycle();
  };

  /** A write reads from it, and nobody will tell how long. */
  lose(): void {
    this.lost = true;
  }

  retire(): void {
    this.retired = true;
    this.recycle();
  }

  private recycle(): void {
    if (!this.retired || this.lost || this.readers > 0 || spare.length >= MAX_SPARE) return;
    this.retired = false;
    spare.push(this);
  }
}

const spare: Block[] = [];
const MAX_SPARE = 16;

/**
 * The bytes on their way out, gathered during one turn so that a head and the first bytes of its body leave in one
 * write. One buffer serves every connection of the thread: nearly always the kernel takes a write at once, and the
 * buffer is free again; when it does not, the bytes stay where they are and the next go behind them, or into a
 * new buffer.
 */
let block = new Block();
let start = 0;
let end = 0;
/** What comes after the bytes in the buffer. */
let text = "";
/** Whose bytes these are. */
let owner: Wire | undefined;
let depth = 0;

/** Begins a turn: what is put until the matching {@link leave} is written then. */
export function enter(): void {
  if (depth++ === 0) forgetNow();
}

export function leave(): void {
  if (--depth === 0 && owner !== undefined) flush();
}

/** Writes what was put so far. */
export function flush(): void {
  const wire = owner;
  owner = undefined;
  if (wire === undefined) return;
  if (end === start && text.length <= MAX_TEXT) {
    const last = text;
    text = "";
    if (last !== "") wire.hold(last);
    return;
  }
  spill(wire);
  flushBuffer(wire);
}

function flushBuffer(wire: Wire): void {
  if (end === start) return;
  const finished = wire.write(block.buffer.subarray(start, end), block);
  if (finished) {
    end = start;
    return;
  }
  start = end;
  if (SIZE - start < KEEP) {
    const full = block;
    block = spare.pop() ?? new Block();
    start = end = 0;
    full.retire();
  }
}

/** Moves the text into the buffer. */
function spill(wire: Wire): void {
  const last = text;
  if (last === "") return;
  text = "";
  if (end + last.length > SIZE) flushBuffer(wire);
  if (end + last.length > SIZE) wire.write(Buffer.from(last, "latin1"));
  else end += block.buffer.write(last, end, "latin1");
}

function claim(wire: Wire): void {
  if (owner === wire) return;
  if (owner !== undefined) flush();
  owner = wire;
}

/** Puts text whose characters are single bytes. Only within a turn. */
export function putText(wire: Wire, more: string): void {
  claim(wire);
  text += more;
}

/** Puts a copy of bytes. Only within a turn. */
export function putBytes(wire: Wire, bytes: Uint8Array): void {
  claim(wire);
  const { length } = bytes;
  if (length <= MAX_INLINE_BYTES && Buffer.isBuffer(bytes)) {
    text += bytes.toString("latin1");
    return;
  }
  spill(wire);
  if (end + length > SIZE) flushBuffer(wire);
  if (end + length > SIZE) {
    wire.write(Buffer.from(bytes));
    return;
  }
  block.buffer.set(bytes, end);
  end += length;
}
