import type { Socket } from "node:net";

import { PREFACE } from "../http2/frame.ts";
import type { SocketUser } from "./socket.ts";

/** What tells HTTP/2 by prior knowledge from any request of HTTP/1.1. @see RFC 9113 §3.4 */
const MARK = PREFACE.slice(0, 14);

/** The begin of a plain connection, until it is known what it speaks: whatever is not HTTP/2 is HTTP/1.1. */
export class Opening implements SocketUser {
  private readonly socket: Socket;
  private readonly settled: (isHttp2: boolean, begin: Buffer) => void;
  private begin: Buffer = Buffer.alloc(0);

  /** @param settled Gets what was read so far. */
  constructor(socket: Socket, settled: (isHttp2: boolean, begin: Buffer) => void) {
    this.socket = socket;
    this.settled = settled;
  }

  received(length: number, bytes: Buffer): void {
    this.begin = Buffer.concat([this.begin, bytes.subarray(0, length)]);
    const text = this.begin.toString("latin1", 0, MARK.length);
    if (text === MARK || !MARK.startsWith(text)) this.settled(text === MARK, this.begin);
  }

  finished(): void {
    this.socket.destroy();
  }

  emptied(): void {}

  lost(): void {}
}
