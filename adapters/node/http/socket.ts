import { Socket, type SocketConstructorOpts } from "node:net";

const WIRE = Symbol("wire");

/** Who is told what happens to a socket. */
export interface SocketUser {
  /** @param bytes The first `length` are new; they may be overwritten after the call. */
  received(length: number, bytes: Buffer): void;
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

/** The libuv handle below a socket, if there is one. */
const handleOf = (socket: Socket): unknown => Reflect.get(socket, "_handle");

const has = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === "object" && value !== null && key in value;

/**
 * Gives an accepted socket, not yet read from, the shared buffer. Node offers `onread` for client sockets only, so
 * the handle moves into a new Socket; without a handle of the expected kind the socket is used as it is, by its
 * data events.
 */
export function withSharedBuffer(accepted: Socket): Socket {
  const handle = handleOf(accepted);
  if (!has(handle, "useUserBuffer")) return accepted;
  Reflect.set(accepted, "_handle", null);
  // Without its handle the old socket closes nothing; this only takes it out of the server's count.
  accepted.destroy();
  const options: SocketConstructorOpts = { allowHalfOpen: true, onread };
  return new Socket(Object.assign(options, { handle }));
}

/** Bytes written that the kernel has not taken: one large write shrinks here long before it is finished. */
export function unsentBytes(socket: Socket): number {
  const handle = handleOf(socket);
  return has(handle, "writeQueueSize") && typeof handle.writeQueueSize === "number"
    ? handle.writeQueueSize
    : socket.writableLength;
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
  rebind(socket, user);
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
}
