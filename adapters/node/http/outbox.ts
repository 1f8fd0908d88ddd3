import type { Wire } from "./wire.ts";

/** Room for a read of 64 KiB with its head and chunk framing, twice. */
const SIZE = 131_072;
/** What has to be free for a buffer to be kept after a write that did not finish at once. */
const KEEP = 65_536 + 16_384;

/**
 * The bytes on their way out, gathered during one turn so that a head and the first bytes of its body leave in one
 * write. One buffer serves every connection of the thread: nearly always the kernel takes a write at once, and the
 * buffer is free again; when it does not, the bytes stay where they are and the next go behind them, or into a
 * new buffer.
 */
let buffer = Buffer.allocUnsafeSlow(SIZE);
let start = 0;
let end = 0;
/** Whose bytes lie between `start` and `end`. */
let owner: Wire | undefined;
let depth = 0;

/** Begins a turn: what is put until the matching {@link leave} is written then. */
export function enter(): void {
  depth++;
}

export function leave(): void {
  if (--depth === 0 && owner !== undefined) flush();
}

/** Writes what was put so far. */
export function flush(): void {
  const wire = owner;
  owner = undefined;
  if (wire === undefined || end === start) return;
  const finished = wire.write(buffer.subarray(start, end));
  if (finished) {
    end = start;
    return;
  }
  start = end;
  if (SIZE - start < KEEP) {
    buffer = Buffer.allocUnsafeSlow(SIZE);
    start = end = 0;
  }
}

function claim(wire: Wire): void {
  if (owner === wire) return;
  if (owner !== undefined) flush();
  owner = wire;
}

/** Puts text whose characters are single bytes. Only within a turn. */
export function putText(wire: Wire, text: string): void {
  claim(wire);
  if (end + text.length > SIZE) {
    flush();
    if (start + text.length > SIZE) {
      wire.write(Buffer.from(text, "latin1"));
      return;
    }
    owner = wire;
  }
  end += buffer.write(text, end, "latin1");
}

/** Puts a copy of bytes. Only within a turn. */
export function putBytes(wire: Wire, bytes: Uint8Array): void {
  claim(wire);
  if (end + bytes.length > SIZE) {
    flush();
    if (start + bytes.length > SIZE) {
      wire.write(Buffer.from(bytes));
      return;
    }
    owner = wire;
  }
  buffer.set(bytes, end);
  end += bytes.length;
}
