/** How large a message head may be. */
export interface HeadLimits {
  /** Bytes of one line: the start line or a field. Default 8,192, as nginx's large_client_header_buffers. */
  readonly maxLineBytes: number;
  /** Bytes of the whole head. Default 32,768. */
  readonly maxHeadBytes: number;
  /** Field lines. Default 1,000. */
  readonly maxFields: number;
}

export type TransferCoding = "none" | "chunked" | "unknown" | "misplaced";

/**
 * The head that was parsed last. One object for all: whoever parses takes what it needs before anything else
 * parses. Fields are name, value, name, value…
 */
export interface Head {
  method: string;
  target: string;
  minor: number;
  status: number;
  reason: string;
  headers: string[];
  /** Bytes from the start of the head to the start of the body. */
  sizeBytes: number;
  hosts: number;
  /** Where the value of Host is in `headers`. */
  hostAt: number;
  /** -1 without Content-Length, -2 when it is malformed or repeated. */
  contentLength: number;
  coding: TransferCoding;
  close: boolean;
  keepAlive: boolean;
  /** A Connection or Upgrade field asks for another protocol. */
  upgrade: boolean;
  /** The client waits for 100 (Continue). */
  expect: boolean;
}

export const head: Head = {
  method: "",
  target: "",
  minor: 1,
  status: 0,
  reason: "",
  headers: [],
  sizeBytes: 0,
  hosts: 0,
  hostAt: -1,
  contentLength: -1,
  coding: "none",
  close: false,
  keepAlive: false,
  upgrade: false,
  expect: false,
};
