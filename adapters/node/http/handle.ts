import type { Socket } from "node:net";
import { getSystemErrorName } from "node:util";

/**
 * Reads and writes on the libuv handle below a plain socket, past the layers of `node:stream`: with two of each a
 * request they are 4 % of its CPU. What Node keeps for itself is looked at before it is used; a socket without it (TLS,
 * another Node) is read and written as documented.
 */

/** Who reads. */
export interface Reader {
  /** @param bytes The first `length` are new; they may be overwritten after the call. */
  received(length: number, bytes: Buffer): void;
}

/** Who writes. */
export interface Writer {
  /** The kernel took what it had left of a text. */
  taken(): void;
}

/** A write that the kernel did not finish at once. */
interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number) => void;
  writer: Writer | undefined;
  socket: Socket | undefined;
}

interface Handle {
  onread: (this: Handle, buffer: ArrayBuffer | undefined) => unknown;
  useUserBuffer(buffer: Uint8Array): void;
  readonly writeQueueSize: number;
  writeLatin1String(request: WriteRequest, text: string): number;
  reader?: Reader;
}

/** How Node's stream handles tell what came of a call. */
interface Calls {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: Readonly<Record<number, number>>;
  readonly kLastWriteWasAsync: number;
  readonly kReadBytesOrError: number;
}

const isCalls = (value: object): value is Calls =>
  "WriteWrap" in value &&
  typeof value.WriteWrap === "function" &&
  "streamBaseState" in value &&
  "kLastWriteWasAsync" in value &&
  "kReadBytesOrError" in value;

const loadCalls = (): Calls | undefined => {
  try {
    // Not in the types since it was deprecated in the documentation.
    const binding: unknown = Reflect.get(process, "binding");
    if (typeof binding !== "function") return undefined;
    const calls: unknown = Reflect.apply(binding, process, ["stream_wrap"]);
    return typeof calls === "object" && calls !== null && isCalls(calls) ? calls : undefined;
  } catch {
    return undefined;
  }
};

const calls = loadCalls();

/** The handle of a socket of TCP or of a Unix socket, if it is there and as expected. */
function handleOf(socket: Socket): Handle | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: Handle | null };
  return handle?.useUserBuffer === undefined ? undefined : handle;
}

/** Bytes written that the kernel has not taken: one large write shrinks here long before it is finished. */
export const unsentBytes = (socket: Socket): number =>
  handleOf(socket)?.writeQueueSize ?? socket.writableLength;

/**
 * Takes the handle out of an accepted socket that was not read from: Node offers reading into a buffer of one's own for
 * client sockets only, so it has to move into a new one. @returns undefined when there is none of the expected kind.
 */
export function takeHandle(accepted: Socket): object | undefined {
  const handle = handleOf(accepted);
  if (handle === undefined) return undefined;
  Reflect.set(accepted, "_handle", null);
  // Without its handle the old socket closes nothing; this only takes it out of the server's count.
  accepted.destroy();
  return handle;
}

/** Node's own: knows what the end of the input and an error mean. */
let readOrEnd: Handle["onread"];
let input: Buffer;

function onread(this: Handle, buffer: ArrayBuffer | undefined): unknown {
  const length = calls!.streamBaseState[calls!.kReadBytesOrError]!;
  if (length <= 0) return readOrEnd.call(this, buffer);
  this.reader!.received(length, input);
  return undefined;
}

/**
 * Tells a reader what a socket reads, without its events.
 *
 * @param shared Where the socket reads into: the same for all sockets of the thread.
 */
export function readPast(socket: Socket, reader: Reader, shared: Buffer): void {
  const handle = handleOf(socket);
  if (handle === undefined || calls === undefined) return;
  readOrEnd = handle.onread;
  input = shared;
  handle.onread = onread;
  handle.reader = reader;
}

/** Tells another reader from now on, if the socket's is told without events. */
export function changeReader(socket: Socket, reader: Reader): void {
  const handle = handleOf(socket);
  if (handle?.reader !== undefined) handle.reader = reader;
}

/** One that the kernel finishes at once leaves its request as it was: one serves all of those. */
let request: WriteRequest | undefined;

function broke(socket: Socket, error: number): void {
  const code = getSystemErrorName(error);
  socket.destroy(Object.assign(new Error(`write ${code}`), { code, errno: error, syscall: "write" }));
}

function oncomplete(this: WriteRequest, status: number): void {
  if (status >= 0) this.writer!.taken();
  // A socket that is not read, or was read to its end, is not told otherwise.
  else broke(this.socket!, status);
}

/** What came of {@link writePast}: the rest leaves later, in order with other writes, and is told by `taken`. */
export type Written = "all" | "part" | "not";

/**
 * Writes text of single-byte characters.
 *
 * @returns "not" when the socket has no such handle, is not connected yet or holds other writes: write it as documented.
 */
export function writePast(socket: Socket, text: string, writer: Writer): Written {
  if (calls === undefined || socket.connecting || socket.writableLength > 0) return "not";
  const handle = handleOf(socket);
  if (handle === undefined) return "not";
  request ??= Object.assign(new calls.WriteWrap(), { oncomplete, writer: undefined, socket: undefined });
  const error = handle.writeLatin1String(request, text);
  if (error !== 0) {
    broke(socket, error);
    return "all";
  }
  if (calls.streamBaseState[calls.kLastWriteWasAsync] === 0) return "all";
  request.writer = writer;
  request.socket = socket;
  request = undefined;
  return "part";
}
