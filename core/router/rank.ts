import { isRegexPath } from "./split.ts";
import type { RouterRoute } from "./route.ts";

/**
 * Where a part of a route stands: the greater `major` first, then the greater `minor`, then the smaller `age`, then
 * the greater id. Numbers of up to 53 bits, which JavaScript compares exactly; Kong's 64-bit priority cut in two.
 */
export interface Rank {
  /** Kinds of conditions and what Kong puts right behind them. */
  readonly major: number;
  /** regex_priority and the length of the prefix; an expression's own priority. */
  readonly minor: number;
  /** Only `traditional` looks at the time of creation; 0 elsewhere. */
  readonly age: number;
  readonly id: string;
}

const maxPrefixBytes = 0x7ffff;
/** Negative regex priorities rank below zero; shifted as Kong does they would overflow into the bits above. */
const minorZero = 2 ** 31;

const filled = (values: readonly unknown[] | null | undefined): values is readonly unknown[] =>
  values !== null && values !== undefined && values.length > 0;

interface Counts {
  readonly kinds: number;
  readonly headers: number;
  readonly wildcards: boolean;
  readonly regex: boolean;
  readonly minor: number;
}

function count(route: RouterRoute, paths: readonly string[] | undefined): Counts {
  const headers = Object.keys(route.headers ?? {}).length;
  let kinds = headers > 0 ? 1 : 0;
  if (filled(route.methods)) kinds++;
  if (filled(route.hosts)) kinds++;
  if (filled(route.snis)) kinds++;
  if (filled(paths)) kinds++;
  const first = paths?.[0];
  const regex = first !== undefined && isRegexPath(first);
  const length = first === undefined || regex ? 0 : Math.min(first.length, maxPrefixBytes);
  return {
    kinds,
    headers,
    wildcards: route.hosts?.some((host) => host.includes("*")) ?? false,
    regex,
    minor: ((regex ? (route.regex_priority ?? 0) : 0) + minorZero) * 2 ** 19 + length,
  };
}

/** The rank of the part of a route with these paths (byte strings), where routes translate to expressions. */
export function rankPart(route: RouterRoute, id: string, paths: readonly string[] | undefined): Rank {
  const { kinds, headers, wildcards, regex, minor } = count(route, paths);
  const plain = filled(route.hosts) && !wildcards ? 1 : 0;
  const major = ((kinds * 2 + plain) * 256 + Math.min(headers, 255)) * 2 + (regex ? 1 : 0);
  return { major, minor, age: 0, id };
}

/** Above every translated route. */
const majorOfExpressions = 0xff << 5;

export const ranksAsExpression = ({ major }: Rank): boolean => major === majorOfExpressions;

/** The rank of an expression: above every translated route. */
export const rankExpression = (id: string, priority: number): Rank => ({
  major: majorOfExpressions,
  minor: priority,
  age: 0,
  id,
});

/** The rank in the `traditional` flavour: among equal numbers of kinds host beats header, path, method and SNI. */
export function rankTraditional(route: RouterRoute, paths: readonly string[] | undefined): Rank {
  const { kinds, headers, wildcards, regex, minor } = count(route, paths);
  let category = headers > 0 ? 0x20 : 0;
  if (filled(route.hosts)) category |= 0x40;
  if (filled(paths)) category |= 0x10;
  if (filled(route.methods)) category |= 0x08;
  if (filled(route.snis)) category |= 0x04;
  const wildcardWithPort = route.hosts?.some((host) => /\*.*:\d+$/.test(host)) ?? false;
  const detail = (wildcardWithPort ? 4 : 0) | (filled(route.hosts) && !wildcards ? 2 : 0) | (regex ? 1 : 0);
  const major = ((kinds * 128 + category) * 8 + detail) * 1024 + Math.min(headers, 1023);
  return { major, minor, age: route.created_at ?? 0, id: route.id };
}

/** The least `major` above the category of another, in the `traditional` flavour. */
export const categoryFloor = (major: number): number => (Math.floor(major / 8192) + 1) * 8192;

/** Negative when `a` wins over `b`. */
export function compareRanks(a: Rank, b: Rank): number {
  if (a.major !== b.major) return b.major - a.major;
  if (a.minor !== b.minor) return b.minor - a.minor;
  if (a.age !== b.age) return a.age - b.age;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
