import type { Socket } from "node:net";

import type { Peer } from "./host.ts";

/** What the header of a PROXY protocol connection tells. */
export interface ProxyHeader {
  /** Bytes of the header. */
  readonly sizeBytes: number;
  /** Undefined when the proxy speaks for itself (`UNKNOWN`, LOCAL): the connection's own addresses hold. */
  readonly addresses:
    | {
        readonly source: string;
        readonly sourcePort: number;
        readonly target: string;
        readonly targetPort: number;
      }
    | undefined;
}

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const MAX_V1_BYTES = 107;

/**
 * Reads the header at the start of `bytes`.
 *
 * @returns undefined when more bytes are needed.
 * @throws Error when it is no PROXY header.
 * @see The PROXY protocol, versions 1 and 2 (HAProxy)
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  if (bytes.length === 0) return undefined;
  return bytes[0] === SIGNATURE[0] ? readV2(bytes) : readV1(bytes);
}

function readV1(bytes: Buffer): ProxyHeader | undefined {
  const end = bytes.indexOf("\r\n");
  const start = bytes.toString("latin1", 0, Math.min(6, bytes.length));
  if (!"PROXY ".startsWith(start) || (end < 0 ? bytes.length : end + 2) > MAX_V1_BYTES)
    throw new Error("not a PROXY protocol header");
  if (end < 0) return undefined;
  const [, family, source, target, sourcePort, targetPort, ...rest] = bytes
    .toString("latin1", 0, end)
    .split(" ");
  if (family === "UNKNOWN") return { sizeBytes: end + 2, addresses: undefined };
  const from = toPort(sourcePort);
  const to = toPort(targetPort);
  const known = family === "TCP4" ? /^[\d.]{7,15}$/ : /^[\da-fA-F:.]{2,45}$/;
  if ((family !== "TCP4" && family !== "TCP6") || rest.length > 0 || from < 0 || to < 0)
    throw new Error("a malformed PROXY protocol header");
  if (source === undefined || target === undefined || !known.test(source) || !known.test(target))
    throw new Error("a malformed PROXY protocol header");
  return { sizeBytes: end + 2, addresses: { source, sourcePort: from, target, targetPort: to } };
}

const toPort = (text: string | undefined): number => {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return port > 65_535 ? -1 : port;
};

function readV2(bytes: Buffer): ProxyHeader | undefined {
  const have = Math.min(bytes.length, SIGNATURE.length);
  if (!bytes.subarray(0, have).equals(SIGNATURE.subarray(0, have)))
    throw new Error("not a PROXY protocol header");
  if (bytes.length < 16) return undefined;
  const version = bytes[12]! >> 4;
  const command = bytes[12]! & 15;
  const family = bytes[13]! >> 4;
  const length = bytes.readUInt16BE(14);
  if (version !== 2 || command > 1) throw new Error("a PROXY protocol version that is not known");
  const sizeBytes = 16 + length;
  if (bytes.length < sizeBytes) return undefined;
  const width = family === 1 ? 4 : 16;
  if (command === 0 || family === 0 || family > 2) return { sizeBytes, addresses: undefined };
  if (length < width * 2 + 4) throw new Error("a malformed PROXY protocol header");
  return {
    sizeBytes,
    addresses: {
      source: toAddress(bytes.subarray(16, 16 + width)),
      target: toAddress(bytes.subarray(16 + width, 16 + 2 * width)),
      sourcePort: bytes.readUInt16BE(16 + 2 * width),
      targetPort: bytes.readUInt16BE(18 + 2 * width),
    },
  };
}

function toAddress(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(":");
  // The URL parser knows the canonical form (RFC 5952).
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}

/**
 * Reads the header from a connection that was not read yet; what follows it is left unread.
 *
 * @param done Told the peer; undefined when the connection has to be closed.
 */
export function takeProxyHeader(socket: Socket, own: Peer, done: (peer: Peer | undefined) => void): void {
  let held: Buffer = Buffer.alloc(0);
  const finish = (peer: Peer | undefined): void => {
    socket.off("readable", read);
    socket.off("close", leave);
    done(peer);
  };
  const leave = (): void => finish(undefined);
  const read = (): void => {
    for (;;) {
      const bytes: unknown = socket.read();
      if (!Buffer.isBuffer(bytes)) return;
      held = Buffer.concat([held, bytes]);
      try {
        const header = readProxyHeader(held);
        if (header === undefined) continue;
        if (held.length > header.sizeBytes) socket.unshift(held.subarray(header.sizeBytes));
        const { addresses } = header;
        if (addresses === undefined) return finish(own);
        const { source, sourcePort, target, targetPort } = addresses;
        return finish({
          ...own,
          peerAddress: source,
          peerPort: sourcePort,
          localAddress: target,
          localPort: targetPort,
        });
      } catch {
        return finish(undefined);
      }
    }
  };
  socket.on("readable", read);
  socket.on("close", leave);
}
