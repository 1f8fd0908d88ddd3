import type { Server } from "node:net";
import type {
  AdminAnswer,
  DnsStatistics,
  GroupState,
  HealthChange,
  LogLevel,
  NodeFacts,
  RowChange,
  WorkerCounts,
} from "../core/index.ts";
import type { Account } from "./account.ts";
import type { Conf } from "./conf/load.ts";
import type { Declared } from "./declarative.ts";
import type { RecordsAnswer, RecordsCall } from "./records.ts";
import type { SocketCounts } from "./sockets.ts";
import type { Zones } from "./zones.ts";

/** Supervisor to the runtime process. */
export type ToRuntime =
  | {
      readonly type: "start";
      readonly conf: Conf;
      readonly sockets: SocketCounts;
      /** Who to become; undefined to stay. */
      readonly account: Account | undefined;
      /** What the process before served, where no database keeps it. */
      readonly declared: Declared | undefined;
    }
  /** Serve another configuration of the node, with new workers. */
  | { readonly type: "reload"; readonly conf: Conf; readonly sockets: SocketCounts }
  /** Go on in new log files. */
  | { readonly type: "reopen" }
  /** Tell what is served. */
  | { readonly type: "declared" }
  /** A socket comes with it, unless there is none. */
  | { readonly type: "socket"; readonly id: number; readonly isFound: boolean }
  /** @param graceMs Milliseconds that requests under way have. */
  | { readonly type: "stop"; readonly graceMs: number };

/** The runtime process to its supervisor. */
export type FromRuntime =
  | { readonly type: "ready" }
  /** It can't start, or not change over; each problem is a line for people. */
  | { readonly type: "failed"; readonly problems: readonly string[] }
  /** Not yet, for a reason that may go away. */
  | { readonly type: "waiting"; readonly reason: string }
  | { readonly type: "reloaded" }
  | { readonly type: "declared"; readonly declared: Declared | undefined }
  /** Wants a socket of an address. */
  | { readonly type: "socket"; readonly id: number; readonly name: string; readonly number: number };

export interface Certificate {
  /** PEM */
  readonly cert: string;
  /** PEM */
  readonly key: string;
}

/** What a worker is born with. */
export interface WorkerData {
  readonly conf: Conf;
  readonly node: NodeFacts;
  /** Of this package. */
  readonly version: string;
  /** For TLS clients that no other one fits; none when nothing listens for TLS. */
  readonly certificates: readonly Certificate[];
  /** 48 bytes: a session that one worker began can be resumed on any other. */
  readonly ticketKeys: Uint8Array;
  /** Memory that all threads share. */
  readonly zones: Zones;
  /** This thread's number in them. */
  readonly owner: number;
  /** Counted up by the worker while its event loop turns. */
  readonly heartbeat: Int32Array;
}

/** Master to a worker thread. */
export type ToWorker =
  /**
   * Compile a configuration; nothing changes for requests yet. It comes as JSON: written once for all workers, where a
   * structured clone is one a worker, and read in two thirds of the time (100,000 routes: 0.25 s, not 0.4 s).
   */
  | { readonly type: "prepare"; readonly version: number; readonly tables: string }
  /** The same for some rows of the configuration that is served. */
  | { readonly type: "change"; readonly version: number; readonly changes: readonly RowChange[] }
  /** Swap in what was prepared. */
  | { readonly type: "commit"; readonly version: number }
  /** Accept connections. Every server is one of an address of `proxy_listen`. */
  | {
      readonly type: "listen";
      readonly servers: readonly { readonly address: number; readonly server: Server }[];
    }
  /** Go on in new log files. */
  | { readonly type: "reopen" }
  | { readonly type: "count" }
  /** Tell what is known of an upstream's targets. */
  | { readonly type: "inspect"; readonly upstream: string }
  /** A plugin's endpoint of the Admin API asks its first configuration. */
  | { readonly type: "ask"; readonly id: number; readonly plugin: string; readonly question: unknown }
  /** Tell what the DNS client counted. */
  | { readonly type: "countDns" }
  /** Another worker noticed, or an operator decided. */
  | { readonly type: "health"; readonly change: HealthChange }
  /** Write records from this level on. */
  | { readonly type: "log_level"; readonly level: LogLevel }
  /** What came of a worker's call. */
  | { readonly type: "record"; readonly id: number; readonly answer: RecordsAnswer }
  /** Finish what is under way, then exit. */
  | { readonly type: "drain"; readonly graceMs: number };

/** A worker thread to its master. */
export type FromWorker =
  | { readonly type: "booted" }
  | { readonly type: "prepared"; readonly version: number; readonly problem: string | undefined }
  | { readonly type: "committed"; readonly version: number }
  | { readonly type: "listening" }
  | { readonly type: "health"; readonly change: HealthChange }
  /** Reads or writes a row for a plugin. */
  | { readonly type: "record"; readonly id: number; readonly call: RecordsCall }
  | { readonly type: "counted"; readonly counts: WorkerCounts }
  /** Undefined when there is no such upstream. */
  | { readonly type: "inspected"; readonly state: GroupState | undefined }
  /** Undefined when there is no such configuration. */
  | { readonly type: "asked"; readonly id: number; readonly answer: AdminAnswer | undefined }
  /** Undefined when the operating system resolves names. */
  | { readonly type: "countedDns"; readonly statistics: DnsStatistics | undefined }
  /** It can't serve at all. */
  | { readonly type: "failed"; readonly problem: string };
