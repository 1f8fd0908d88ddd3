import { DurableObject } from "cloudflare:workers";
import type { SharedDict } from "../../../core/index.ts";
import { Leases } from "./leases.ts";
import { DictRows } from "./rows.ts";

export type DictMethod = {
  [M in keyof SharedDict]: SharedDict[M] extends (...args: never[]) => unknown ? M : never;
}[keyof SharedDict];

/** What a call gave; a wrong use is told, not thrown: it is no failure of the object. */
export type DictAnswer =
  | { readonly value: unknown }
  | { readonly problem: "type" | "range"; readonly message: string };

/** Bytes of one shard. */
export const shardBytes = 64 * 1024 * 1024;

/** A shard of a dict, or of locks. Its calls come one after the other, and are kept before they are answered. */
export class DictShard extends DurableObject {
  private readonly rows: DictRows;
  private readonly leases: Leases;

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env);
    const clock = { nowMs: () => Date.now() };
    this.rows = new DictRows(state.storage.sql, clock, shardBytes);
    this.leases = new Leases(state.storage.sql, clock);
  }

  /** Calls a method of the dict. */
  call(method: DictMethod, args: readonly unknown[]): DictAnswer {
    try {
      return { value: (this.rows[method] as (...args: unknown[]) => unknown).apply(this.rows, [...args]) };
    } catch (error) {
      if (error instanceof TypeError) return { problem: "type", message: error.message };
      if (error instanceof RangeError) return { problem: "range", message: error.message };
      throw error;
    }
  }

  acquire(key: string, leaseMs: number, timeoutMs: number): string | undefined | Promise<string | undefined> {
    return this.leases.acquire(key, leaseMs, timeoutMs);
  }

  extend(key: string, token: string, leaseMs: number): boolean {
    return this.leases.extend(key, token, leaseMs);
  }

  release(key: string, token: string): void {
    this.leases.release(key, token);
  }
}
