import { codeName } from "./frame.ts";

/** What the other side did wrong. */
export class Http2Error extends Error {
  readonly code: number;
  /** 0 when the connection can't go on. */
  readonly streamId: number;

  constructor(code: number, streamId = 0) {
    super(`${streamId === 0 ? "connection" : "stream"} error ${codeName(code)}`);
    this.code = code;
    this.streamId = streamId;
  }
}
