import type { HealthBoard } from "../ports/healthboard.ts";
import type { Address } from "./address.ts";

/** What traffic or a probe says of an address. 0 stands for an answer that could not be parsed. */
export type Report = { readonly status: number } | "success" | "http_failure" | "tcp_failure" | "timeout";

/** Counters at which an address changes sides; 0 for never. Kong's names, of `passive` and `active`. */
export interface Thresholds {
  readonly healthy: { readonly successes: number; readonly http_statuses: readonly number[] };
  readonly unhealthy: {
    readonly http_failures: number;
    readonly tcp_failures: number;
    readonly timeouts: number;
    readonly http_statuses: readonly number[];
  };
}

/** False when nothing that is reported can change anything. */
export const isCounting = ({ healthy, unhealthy }: Thresholds): boolean =>
  healthy.successes > 0 ||
  unhealthy.http_failures > 0 ||
  unhealthy.tcp_failures > 0 ||
  unhealthy.timeouts > 0;

/** What was counted of an address since it changed sides. */
export interface Counts {
  readonly successes: number;
  readonly httpFailures: number;
  readonly tcpFailures: number;
  readonly timeouts: number;
}

// Four counters of a byte in one number, so that each step is one atomic call. Thresholds end at 255.
const units = { success: 1, http_failure: 2 ** 8, tcp_failure: 2 ** 16, timeout: 2 ** 24 } as const;
type Kind = keyof typeof units;
const countOf = (word: number, kind: Kind): number => Math.floor(word / units[kind]) % 256;
const successes = (word: number): number => word % 256;

const kindOf = (report: Report, { healthy, unhealthy }: Thresholds): Kind | undefined => {
  if (typeof report === "string") return report;
  if (healthy.http_statuses.includes(report.status)) return "success";
  return report.status === 0 || unhealthy.http_statuses.includes(report.status) ? "http_failure" : undefined;
};

const limitOf = (kind: Kind, { healthy, unhealthy }: Thresholds): number => {
  switch (kind) {
    case "success":
      return healthy.successes;
    case "http_failure":
      return unhealthy.http_failures;
    case "tcp_failure":
      return unhealthy.tcp_failures;
    case "timeout":
      return unhealthy.timeouts;
  }
};

const [healthy, unhealthy] = [1, 2];

/** Counts what is reported of the addresses of one upstream, together with all who share the board. */
export class Health {
  private readonly board: HealthBoard;
  private readonly upstream: string;
  private readonly keys = new WeakMap<Address, string>();

  constructor(board: HealthBoard, upstream: string) {
    this.board = board;
    this.upstream = upstream;
  }

  private key(address: Address): string {
    let key = this.keys.get(address);
    if (key === undefined) {
      const { host, port, hostname } = address;
      this.keys.set(address, (key = `health:${this.upstream}|${host}|${port}|${hostname}`));
    }
    return key;
  }

  /** Takes over what others found out before. */
  restore(address: Address): void {
    address.isAvailable = this.board.get(`${this.key(address)}:state`) !== unhealthy;
  }

  /**
   * Counts. A success clears the failures, a failure the successes; statuses in neither list, counters without a
   * threshold and what only confirms a side are ignored.
   *
   * @returns Whether the address changed sides by this report.
   */
  report(address: Address, report: Report, thresholds: Thresholds): boolean {
    const kind = kindOf(report, thresholds);
    if (kind === undefined) return false;
    const limit = limitOf(kind, thresholds);
    if (limit === 0) return false;
    const { board } = this;
    const key = `${this.key(address)}:counts`;
    const isSuccess = kind === "success";
    if (isSuccess === address.isAvailable) {
      // The usual case, a success of a healthy one: there is nothing to count, but failures may be forgotten.
      const word = board.get(key) ?? 0;
      const others = isSuccess ? word - successes(word) : successes(word);
      if (others !== 0) board.incr(key, -others, 0, Infinity);
      return false;
    }
    const word = board.incr(key, units[kind], 0, Infinity);
    if (countOf(word, kind) >= limit) {
      this.set(address, isSuccess);
      return true;
    }
    const others = isSuccess ? word - successes(word) : successes(word);
    if (others !== 0) board.incr(key, -others, 0, Infinity);
    return false;
  }

  /** Takes another's word; who noticed has written it down already. */
  adopt(address: Address, isAvailable: boolean): void {
    const isKnown = this.board.get(`${this.key(address)}:state`) === (isAvailable ? healthy : unhealthy);
    if (isKnown) address.isAvailable = isAvailable;
    else this.set(address, isAvailable);
  }

  /** Puts an address on a side and counts anew. */
  set(address: Address, isAvailable: boolean): void {
    const key = this.key(address);
    address.isAvailable = isAvailable;
    this.board.set(`${key}:state`, isAvailable ? healthy : unhealthy, Infinity);
    this.board.set(`${key}:counts`, 0, Infinity);
  }

  /** A probe was made. @param nowMs Milliseconds since the epoch. */
  checked(address: Address, nowMs: number): void {
    this.board.set(`${this.key(address)}:checked`, nowMs, Infinity);
  }

  /** Milliseconds since the epoch; undefined when it was never probed. */
  checkedAtMs(address: Address): number | undefined {
    return this.board.get(`${this.key(address)}:checked`);
  }

  counts(address: Address): Counts {
    const word = this.board.get(`${this.key(address)}:counts`) ?? 0;
    return {
      successes: successes(word),
      httpFailures: countOf(word, "http_failure"),
      tcpFailures: countOf(word, "tcp_failure"),
      timeouts: countOf(word, "timeout"),
    };
  }

  /** The address is no part of the configuration any more: should it come back, it is healthy. */
  forget(address: Address): void {
    const key = this.key(address);
    for (const kind of ["state", "counts", "checked"])
      if (this.board.get(`${key}:${kind}`) !== undefined) this.board.set(`${key}:${kind}`, 0, 1);
  }
}
