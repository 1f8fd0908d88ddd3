import { isRegexPath } from "./split.ts";
import type { RouterRoute } from "./route.ts";

/**
 * Where a part of a route stands: the greater `major` first, then the greater `minor`, then the greater id. Kong's
 * 64-bit priority, cut into two numbers that JavaScript compares exactly.
 */
export interface Rank {
  /** Bits 51-63: kinds of conditions, plain hosts only, number of headers, regular expression. */
  readonly major: number;
  /** Bits 0-50: regex_priority, length of the prefix. */
  readonly minor: number;
  readonly id: string;
}

const maxHeaders = 255;
const maxPrefixBytes = 0x7ffff;
/** Negative regex priorities rank below zero; shifted as Kong does they would overflow into the bits above. */
const minorZero = 2 ** 31;

const filled = (values: readonly unknown[] | null | undefined): values is readonly unknown[] =>
  values !== null && values !== undefined && values.length > 0;

/** The rank of the part of `route` with these paths (byte strings) in the flavours that translate to expressions. */
export function rankPart(route: RouterRoute, id: string, paths: readonly string[] | undefined): Rank {
  const { hosts } = route;
  const headers = Math.min(Object.keys(route.headers ?? {}).length, maxHeaders);
  let kinds = 0;
  if (filled(route.methods)) kinds++;
  if (filled(hosts)) kinds++;
  if (headers > 0) kinds++;
  if (filled(route.snis)) kinds++;
  if (filled(paths)) kinds++;
  const plain = filled(hosts) && !hosts.some((host) => host.includes("*")) ? 1 : 0;
  const first = paths?.[0];
  const regex = first !== undefined && isRegexPath(first);
  const length = first === undefined || regex ? 0 : Math.min(first.length, maxPrefixBytes);
  return {
    major: ((kinds * 2 + plain) * 256 + headers) * 2 + (regex ? 1 : 0),
    minor: ((regex ? (route.regex_priority ?? 0) : 0) + minorZero) * 2 ** 19 + length,
    id,
  };
}

/** The rank of an expression: above every translated route. */
export const rankExpression = (id: string, priority: number): Rank => ({
  major: 0xff << 5,
  minor: priority,
  id,
});

/** Negative when `a` wins over `b`. */
export function compareRanks(a: Rank, b: Rank): number {
  if (a.major !== b.major) return b.major - a.major;
  if (a.minor !== b.minor) return b.minor - a.minor;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
