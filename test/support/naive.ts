import type { RouteRequest } from "../../core/router/request.ts";
import type { RouterEntry, RouterRoute } from "../../core/router/route.ts";
import { splitByPath } from "../../core/router/split.ts";

const decoder = new TextDecoder();
/** The path of each target above as text, normalised by hand. */
export const normal = (target: string): string => {
  const [path = ""] = target.split("?");
  const bytes = path
    .replace(/%2f/g, "%2F")
    .replace(/%(?!2F)(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const text = decoder.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
  return text.replace("//a/./b", "/a/b").replace("/b/../a/b", "/a/b");
};

/** A route, or the part of one that has one rank. */
export interface Rule {
  readonly entry: RouterEntry<string>;
  readonly id: string;
  readonly paths: readonly string[];
}

const filled = (values: readonly unknown[] | null | undefined): boolean => (values?.length ?? 0) > 0;
export const isRegex = (path: string): boolean => path.startsWith("~");
const utf8Length = (text: string): number => new TextEncoder().encode(text).length;
export const toBytes = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

function wildcard(pattern: string, name: string): boolean {
  if (pattern.startsWith("*")) return name.endsWith(pattern.slice(1));
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function hostHolds(pattern: string, request: RouteRequest): boolean {
  const [name = "", port = String(request.localPort)] = (request.host ?? "").split(":");
  const [wanted = "", wantedPort] = pattern.split(":");
  return wildcard(wanted, name) && (wantedPort === undefined || wantedPort === port);
}

const pathHolds = (pattern: string, path: string, whole: boolean): boolean => {
  if (!isRegex(pattern)) return path.startsWith(pattern);
  const source = pattern.slice(1).replace("(?P<", "(?<");
  return new RegExp(whole ? `^(?:${source})` : `^${source}`, "u").test(path);
};

function headersHold(route: RouterRoute, request: RouteRequest, onlyLonePatterns: boolean): boolean {
  return Object.entries(route.headers ?? {}).every(([name, wanted]) => {
    const values = request.headers
      .getAll(/a$/i.test(name) ? "x_a" : "X-B")
      .map((value) => value.toLowerCase());
    return wanted.some((want) => {
      if (!want.startsWith("~*") || (onlyLonePatterns && wanted.length > 1))
        return values.includes(want.toLowerCase());
      return values.some((value) => new RegExp(want.slice(2).toLowerCase()).test(value));
    });
  });
}

const sniHolds = (route: RouterRoute, request: RouteRequest, wildcards: boolean): boolean =>
  !filled(route.snis) ||
  request.scheme === "http" ||
  route.snis!.some((sni) => {
    const wanted = sni.replace(/\.$/, "");
    return request.sni !== undefined && (wildcards ? wildcard(wanted, request.sni) : wanted === request.sni);
  });

/** Kong's 64-bit priority. */
function priority({ entry: { route }, paths }: Rule): bigint {
  const headers = Object.keys(route.headers ?? {}).length;
  const kinds = [route.methods, route.hosts, route.snis, paths].filter(filled).length + (headers > 0 ? 1 : 0);
  const plain = filled(route.hosts) && !route.hosts!.some((host) => host.includes("*"));
  const regex = paths.some(isRegex);
  return (
    (BigInt(kinds) << 61n) |
    (BigInt(plain) << 60n) |
    (BigInt(headers) << 52n) |
    (BigInt(regex) << 51n) |
    ((BigInt(regex ? route.regex_priority! : 0) + (1n << 31n)) << 19n) |
    BigInt(regex || paths.length === 0 ? 0 : utf8Length(paths[0]!))
  );
}

/** Looks at every rule in the order of priority. */
function naiveCompatible(table: readonly RouterEntry<string>[], request: RouteRequest): Rule | undefined {
  const path = normal(request.target);
  return table
    .flatMap((entry) =>
      splitByPath(entry.route.id, entry.route.paths?.map(toBytes)).map(({ id, paths }) => ({
        entry,
        id,
        paths: (entry.route.paths ?? []).filter((path) => paths?.includes(toBytes(path))),
      })),
    )
    .map((rule) => ({ rule, rank: priority(rule) }))
    .sort((a, b) => (a.rank === b.rank ? (a.rule.id < b.rule.id ? 1 : -1) : a.rank < b.rank ? 1 : -1))
    .find(
      ({ rule: { entry, paths } }) =>
        (!filled(entry.route.methods) || entry.route.methods!.includes(request.method)) &&
        (!filled(entry.route.hosts) || entry.route.hosts!.some((host) => hostHolds(host, request))) &&
        (paths.length === 0 || paths.some((pattern) => pathHolds(pattern, path, false))) &&
        headersHold(entry.route, request, false) &&
        sniHolds(entry.route, request, true),
    )?.rule;
}

function traditionalHost(pattern: string, request: RouteRequest): boolean {
  const [name = "", port = request.scheme === "https" ? "443" : "80"] = (request.host ?? "").split(":");
  if (!pattern.includes("*")) return pattern === request.host || pattern === name;
  const [wanted = "", wantedPort] = pattern.split(":");
  return wildcard(wanted, name) && (wantedPort === undefined || wantedPort === port);
}

function naiveTraditional(table: readonly RouterEntry<string>[], request: RouteRequest): Rule | undefined {
  const path = normal(request.target);
  const ranked = table
    .flatMap((entry): Rule[] =>
      filled(entry.route.paths)
        ? entry.route.paths!.map((path) => ({ entry, id: entry.route.id, paths: [path] }))
        : [{ entry, id: entry.route.id, paths: [] }],
    )
    .map((rule) => {
      const { route } = rule.entry;
      const headers = Object.keys(route.headers ?? {}).length;
      const kinds = [
        filled(route.hosts),
        headers > 0,
        filled(rule.paths),
        filled(route.methods),
        false,
        false,
        filled(route.snis),
      ];
      const category = kinds.reduce(
        (sum, kind, i) => sum + (kind ? [0x40, 0x20, 0x10, 8, 0, 0, 4][i]! : 0),
        0,
      );
      const regex = rule.paths.some(isRegex);
      const wild = route.hosts?.some((host) => host.includes("*")) ?? false;
      const detail =
        (route.hosts?.some((host) => /\*.*:/.test(host)) ? 4 : 0) +
        (filled(route.hosts) && !wild ? 2 : 0) +
        (regex ? 1 : 0);
      const named = request.host?.includes(":") && route.hosts?.includes(request.host);
      const order = [
        kinds.filter(Boolean).length,
        category,
        named ? 1 : 0,
        detail,
        headers,
        regex ? route.regex_priority! : 0,
        regex ? 0 : utf8Length(rule.paths[0] ?? ""),
        -route.created_at!,
      ];
      return { rule, order };
    })
    .sort((a, b) => {
      const at = a.order.findIndex((value, i) => value !== b.order[i]);
      return at < 0 ? (a.rule.id < b.rule.id ? 1 : -1) : b.order[at]! - a.order[at]!;
    });
  return ranked.find(
    ({ rule: { entry, paths } }) =>
      (!filled(entry.route.methods) || entry.route.methods!.includes(request.method)) &&
      (!filled(entry.route.hosts) || entry.route.hosts!.some((host) => traditionalHost(host, request))) &&
      (paths.length === 0 || paths.some((pattern) => pathHolds(pattern, path, true))) &&
      headersHold(entry.route, request, true) &&
      sniHolds(entry.route, request, false),
  )?.rule;
}

/** The rules of a flavour, each route tried in turn. */
export const naive = { traditional: naiveTraditional, traditional_compatible: naiveCompatible };
