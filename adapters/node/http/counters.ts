/** What a thread's listeners have seen, for status pages and metrics. Plain numbers: reading them costs nothing. */
export interface Counters {
  /** Connections ever accepted. */
  accepted: number;
  /** Connections open now. */
  open: number;
  /** Connections open now on which a request is being answered. */
  active: number;
  /** Requests ever begun, refused ones included. */
  requests: number;
  /** Requests that were refused for what they are. */
  refused: number;
  /** Bytes read from clients over connections that are closed by now, and bytes written to them. */
  bytesRead: number;
  bytesWritten: number;
}

export function newCounters(): Counters {
  return { accepted: 0, open: 0, active: 0, requests: 0, refused: 0, bytesRead: 0, bytesWritten: 0 };
}
