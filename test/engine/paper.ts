import { Socket } from "node:net";
import { ClientConnection } from "../../adapters/node/http/client.ts";
import { newCounters } from "../../adapters/node/http/counters.ts";
import { defaultServerLimits } from "../../adapters/node/http/limits.ts";
import type { BodySink, Downstream, IncomingRequest, RequestEvents } from "../../core/index.ts";

/** What a handler saw of one request. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly headers: string[];
  body: string;
  outcome: "none" | "ended" | "failed" | "open";
  trailers: string[] | undefined;
}

export interface Played {
  readonly requests: Seen[];
  readonly refused: number[];
  /** Everything that was sent to the client. */
  readonly output: string;
  /** The connection takes no further request. */
  readonly isOver: boolean;
}

class Collector implements BodySink {
  readonly seen: Seen;
  private readonly downstream: Downstream;

  constructor(seen: Seen, downstream: Downstream) {
    this.seen = seen;
    this.downstream = downstream;
  }

  chunk(bytes: Uint8Array): boolean {
    this.seen.body += Buffer.from(bytes).toString("latin1");
    return true;
  }
  end(trailers: string[] | undefined): void {
    this.seen.outcome = "ended";
    this.seen.trailers = trailers;
    answer(this.downstream);
  }
  fail(): void {
    this.seen.outcome = "failed";
  }
}

const events: RequestEvents = { aborted() {}, finished() {} };

function answer(downstream: Downstream, status = 200): void {
  const headers = ["X-Answer", "yes"];
  const declaredLengthBytes = undefined;
  downstream.respond({ status, reason: "", headers, body: "ok", declaredLengthBytes, tunnel: undefined });
}

/** Plays pieces of input into a connection that exists on paper only: no kernel, no clock, no order of events. */
export function play(pieces: readonly Uint8Array[]): Played {
  const requests: Seen[] = [];
  const refused: number[] = [];
  let output = "";
  const write = (bytes: Uint8Array | string): boolean => {
    output += typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("latin1");
    return true;
  };
  const socket: Socket = Object.assign(new Socket(), { write });
  const handle = (request: IncomingRequest, downstream: Downstream): RequestEvents => {
    const { method, target, headers, body } = request;
    const seen: Seen = { method, target, headers, body: "", outcome: "none", trailers: undefined };
    requests.push(seen);
    if (body === undefined) answer(downstream);
    else {
      seen.outcome = "open";
      body.start(new Collector(seen, downstream));
    }
    return events;
  };
  const refuse = (status: number, _request: unknown, downstream: Downstream): RequestEvents => {
    refused.push(status);
    answer(downstream, status);
    return events;
  };
  const host = {
    handler: { handle, refuse },
    limits: defaultServerLimits,
    counters: newCounters(),
    connections: new Set<{ retire(force: boolean): void }>(),
    draining: false,
  };
  const peer = {
    peerAddress: "192.0.2.1",
    peerPort: 1,
    localAddress: "192.0.2.2",
    localPort: 2,
    tls: undefined,
  };
  const connection = new ClientConnection(socket, peer, host);
  // One buffer for all reads, as behind a socket: what is kept without a copy shows.
  const shared = Buffer.alloc(65_536);
  for (const piece of pieces) {
    shared.fill(88);
    shared.set(piece);
    connection.received(piece.length, shared);
  }
  const isOver = output.includes("Connection: close") || socket.destroyed;
  connection.destroy();
  return { requests, refused, output, isOver };
}

/** The requests that came whole. Which of the others a handler gets to see depends on what is there already. */
export const completed = ({ requests }: Played): Seen[] =>
  requests.filter(({ outcome }) => outcome === "none" || outcome === "ended");
