import { sha256Hex } from "../../http/sha256.ts";
import type { Exchange } from "../../pdk/index.ts";
import type { Config } from "./schema.ts";

/** Keys in the memory that others use too. */
export const prefix = "proxy-cache:";

/** Names with their values; the order of neither makes a difference where everything counts. */
const argumentsOf = ({ request }: Exchange, names: readonly string[] | null): unknown[] => {
  const found = request.queryArguments;
  const chosen = names ?? [...found.keys()].sort();
  return chosen.flatMap((name) => {
    const value = found.get(name);
    if (value === undefined) return [];
    return [[name, Array.isArray(value) ? value.map(String).sort() : value]];
  });
};

const headersOf = ({ request }: Exchange, names: readonly string[]): unknown[] =>
  names.map((name) => request.headers.getAll(name));

/** Names what a request asks for. Requests of different consumers or routes never meet. */
export const keyOf = (exchange: Exchange, config: Config, method = exchange.request.method): string => {
  const { request, consumer, route } = exchange;
  const place = [...(consumer ? [consumer.id] : []), route?.id ?? "default"].join(":");
  const path = config.ignore_uri_case ? request.rawPath.toLowerCase() : request.rawPath;
  const query = argumentsOf(exchange, config.vary_query_params);
  const headers = headersOf(exchange, config.vary_headers ?? []);
  // JSON, so that no part can reach into the next.
  return sha256Hex(JSON.stringify([place, method, path, query, headers]));
};

/** Names one of the variants that Vary tells apart. */
export const variantKey = (key: string, exchange: Exchange, vary: readonly string[]): string =>
  `${key}:${sha256Hex(JSON.stringify(headersOf(exchange, vary)))}`;
