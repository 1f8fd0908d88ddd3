import type { RequestHandler, TlsFacts } from "../../../core/index.ts";
import type { Counters } from "./counters.ts";
import type { ServerLimits } from "./limits.ts";

/** What the connections of a listener share. */
export interface ServerHost {
  readonly handler: RequestHandler;
  readonly limits: ServerLimits;
  readonly counters: Counters;
  readonly connections: Set<{ retire(force: boolean): void }>;
  /** Answers say Connection: close from now on. */
  draining: boolean;
}

/** Where the connection comes from and goes to. */
export interface Peer {
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsFacts | undefined;
}
