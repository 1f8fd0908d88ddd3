import { Socket, type SocketConstructorOpts } from "node:net";

import type { Wire } from "./wire.ts";

const WIRE = Symbol("wire");

type Wired = Socket & { [WIRE]?: Wire };
type Handle = { useUserBuffer?: unknown };
type WithHandle = { _handle: Handle | null };

/**
 * Where every socket of the thread reads into. A read is told to its connection before the next begins, so one
 * buffer is enough: it stays in the processor's cache, and ten thousand idle connections hold no memory for it.
 */
const shared = Buffer.allocUnsafeSlow(65_536);

/** Options for a client socket that is going to be {@link bind bound}. */
export const onread = {
  buffer: shared,
  callback(this: unknown, length: number, bytes: Uint8Array): boolean {
    (this as Wired)[WIRE]!.received(length, bytes as Buffer);
    return true;
  },
};

/**
 * Gives an accepted socket, not yet read from, the shared buffer. Node offers `onread` for client sockets only, so
 * the handle moves into a new Socket; without a handle of the expected kind the socket is used as it is, by its
 * data events.
 */
export function withSharedBuffer(accepted: Socket): Socket {
  const { _handle: handle } = accepted as unknown as WithHandle;
  if (typeof handle?.useUserBuffer !== "function") return accepted;
  (accepted as unknown as WithHandle)._handle = null;
  // Without its handle the old socket closes nothing; this only takes it out of the server's count.
  accepted.destroy();
  return new Socket({ handle, allowHalfOpen: true, onread } as unknown as SocketConstructorOpts);
}

function onData(this: Wired, bytes: Buffer): void {
  this[WIRE]!.received(bytes.length, bytes);
}
function onEnd(this: Wired): void {
  this[WIRE]!.finished();
}
function onDrain(this: Wired): void {
  this[WIRE]!.emptied();
}
function onError(this: Wired, error: Error): void {
  this[WIRE]!.lost(error);
}
function onClose(this: Wired): void {
  this[WIRE]!.lost(undefined);
}

/** Sends the events of a socket to its connection, and begins to read. @param byEvent Whether data comes as events. */
export function bind(socket: Socket, wire: Wire, byEvent: boolean): void {
  (socket as Wired)[WIRE] = wire;
  socket.on("end", onEnd);
  socket.on("drain", onDrain);
  socket.on("error", onError);
  socket.on("close", onClose);
  if (byEvent) socket.on("data", onData);
  socket.resume();
}
