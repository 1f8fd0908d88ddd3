import { Socket, type SocketConstructorOpts } from "node:net";

import { type Reader, changeReader, readPast, takeHandle } from "./handle.ts";

const WIRE = Symbol("wire");

/** Who is told what happens to a socket. */
export interface SocketUser extends Reader {
  /** The other side ended its input. */
  finished(): void;
  /** Everything written was taken. */
  emptied(): void;
  /** The socket is closed or has failed. */
  lost(error: Error | undefined): void;
}

/** A socket that knows its user: the events of ten thousand sockets need no closures. */
type Wired = Socket & { [WIRE]: SocketUser };

/**
 * Where every socket of the thread reads into. A read is told to its connection before the next begins, so one
 * buffer is enough: it stays in the processor's cache, and ten thousand idle connections hold no memory for it.
 */
const shared = Buffer.allocUnsafeSlow(65_536);

function onRead(this: Wired, length: number): boolean {
  this[WIRE].received(length, shared);
  return true;
}

/** Options for a client socket that is going to be {@link bind bound}. */
export const onread = { buffer: shared, callback: onRead };

/** Gives an accepted socket, not yet read from, the shared buffer; or uses it as it is, by its data events. */
export function withSharedBuffer(accepted: Socket): Socket {
  const handle = takeHandle(accepted);
  if (handle === undefined) return accepted;
  const options: SocketConstructorOpts = { allowHalfOpen: true, onread };
  return new Socket(Object.assign(options, { handle }));
}

function onData(this: Wired, bytes: Buffer): void {
  this[WIRE].received(bytes.length, bytes);
}
function onEnd(this: Wired): void {
  this[WIRE].finished();
}
function onDrain(this: Wired): void {
  this[WIRE].emptied();
}
function onError(this: Wired, error: Error): void {
  this[WIRE].lost(error);
}
function onClose(this: Wired): void {
  this[WIRE].lost(undefined);
}

/** Sends the events of a socket to its user, and begins to read. @param byEvent Whether data comes as events. */
export function bind(socket: Socket, user: SocketUser, byEvent: boolean): void {
  Object.assign(socket, { [WIRE]: user });
  if (!byEvent) readPast(socket, user, shared);
  socket.on("end", onEnd);
  socket.on("drain", onDrain);
  socket.on("error", onError);
  socket.on("close", onClose);
  if (byEvent) socket.on("data", onData);
  socket.resume();
}

/** Gives a bound socket another user. */
export function rebind(socket: Socket, user: SocketUser): void {
  Object.assign(socket, { [WIRE]: user });
  changeReader(socket, user);
}
