import { Collector } from "../../http/bodies.ts";
import { HeaderList } from "../../http/headers.ts";
import { definePlugin, type Exchange, type Handled, whenReady } from "../../pdk/index.ts";
import { ResponseCache } from "./cache.ts";
import { type Directives, directivesOf } from "./directives.ts";
import type { Stored } from "./entry.ts";
import { ageOnArrival, forbidsStoring, isAcceptable, isKnownToClient, lifetimeSeconds } from "./freshness.ts";
import { keyOf } from "./key.ts";
import { type Config, schema } from "./schema.ts";
import { acceptsType } from "./types.ts";

type Status = "Hit" | "Miss" | "Refresh" | "Bypass";

/** What the plugin knows of an exchange. */
interface Turn {
  status: Status | undefined;
  readonly key: string | undefined;
  /** Seconds, of a response from the cache. */
  age?: number;
  /** What is too old, but may still be right: the upstream is asked. */
  validating?: Stored;
  /** A response on its way into the cache. */
  storing?:
    | undefined
    | {
        readonly entry: Omit<Stored, "body">;
        readonly vary: readonly string[];
        readonly ttlMs: number;
      };
  body?: Collector;
}

const turnKey = Symbol("proxy-cache");
const safe = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const conditions = ["if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range"];
const dropped =
  /^(?:connection|keep-alive|proxy-connection|proxy-authenticate|te|trailer|transfer-encoding|upgrade|content-length|age|x-cache-status|x-cache-key)$|ratelimit-remaining/i;

const kept = (headers: HeaderList): HeaderList =>
  HeaderList.from([...headers].filter(([name]) => !dropped.test(name)));

/** Answers from memory what was asked before. */
export const proxyCache = definePlugin<Config>({
  ...schema,
  create(config, { responses, clock, logger }) {
    const cache = new ResponseCache(responses);
    const methods = new Set<string>(config.request_method);
    const statuses = new Set(config.response_code);
    const isKeptType = acceptsType(config.content_type);
    const shows = config.response_headers;
    const defaultSeconds = config.cache_ttl ?? 300;

    const answer = (exchange: Exchange, turn: Turn, stored: Stored, ageSeconds: number): void => {
      const known = stored.status === 200 && isKnownToClient(exchange.request.headers, stored.headers);
      turn.status = "Hit";
      turn.age = ageSeconds;
      exchange.exit(known ? 304 : stored.status, known ? undefined : stored.body, stored.headers);
      if (known) exchange.response.headers.delete("content-length");
      exchange.answersForUpstream = true;
    };

    const ask = (exchange: Exchange, turn: Turn, status: Status, stored?: Stored): void => {
      turn.status = status;
      const { headers } = exchange.request;
      if (!config.cache_control || stored === undefined) return;
      if (conditions.some((name) => headers.has(name))) return;
      const tag = stored.headers.get("etag");
      const modified = stored.headers.get("last-modified");
      if (tag !== undefined) headers.set("If-None-Match", tag);
      if (modified !== undefined) headers.set("If-Modified-Since", modified);
      if (tag !== undefined || modified !== undefined) turn.validating = stored;
    };

    const decide = (exchange: Exchange, turn: Turn, asked: Directives, stored: Stored | undefined): void => {
      if (stored === undefined) {
        turn.status = "Miss";
        if (!config.cache_control || !asked.has("only-if-cached")) return;
        turn.status = undefined;
        exchange.exit(504);
        return;
      }
      const age = Math.max(0, Math.floor((clock.nowMs() - stored.bornAtMs) / 1000));
      const isFresh = config.cache_control ? isAcceptable(stored, asked, age) : age <= stored.freshSeconds;
      if (isFresh) answer(exchange, turn, stored, age);
      else ask(exchange, turn, "Refresh", stored);
    };

    /** What the response may be kept as. */
    const storable = ({ request, response }: Exchange): Turn["storing"] => {
      const { headers } = response;
      const type = headers.get("content-type");
      if (!statuses.has(response.status) || type === undefined || !isKeptType(type)) return undefined;
      const nowMs = clock.nowMs();
      const entry = { status: response.status, headers: kept(headers) };
      if (!config.cache_control) {
        const ttlMs = (config.storage_ttl ?? defaultSeconds) * 1000;
        return { entry: { ...entry, bornAtMs: nowMs, freshSeconds: defaultSeconds }, vary: [], ttlMs };
      }
      const told = directivesOf(headers.getAll("cache-control"));
      const vary = headers
        .getAll("vary")
        .flatMap((line) => line.split(","))
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== "");
      const freshSeconds = lifetimeSeconds(headers, told, nowMs);
      const age = ageOnArrival(headers, nowMs);
      const isPart = response.status === 206 || headers.has("content-range");
      if (freshSeconds - age <= 0 || isPart || vary.includes("*")) return undefined;
      if (forbidsStoring(told, request.headers.has("authorization"))) return undefined;
      const ttlMs = (config.storage_ttl ?? freshSeconds - age) * 1000;
      return {
        entry: { ...entry, bornAtMs: nowMs - age * 1000, freshSeconds },
        vary: [...new Set(vary)].sort(),
        ttlMs,
      };
    };

    /** The upstream says that what is kept still holds. @see RFC 9111 §4.3.4 */
    const revive = (exchange: Exchange, stored: Stored): void => {
      const fresh = kept(exchange.response.headers);
      const headers = stored.headers.clone();
      for (const name of new Set([...fresh].map(([name]) => name))) {
        headers.delete(name);
        for (const value of fresh.getAll(name)) headers.append(name, value);
      }
      exchange.exit(stored.status, stored.body, headers);
      exchange.response.source = "service";
    };

    /** What was changed is not what is kept. @see RFC 9111 §4.4 */
    const invalidate = (exchange: Exchange): void => {
      for (const method of ["GET", "HEAD"])
        void Promise.resolve(cache.forget(keyOf(exchange, config, method))).catch((error: unknown) =>
          logger.log("error", "proxy-cache: forgetting failed", { error }),
        );
    };

    const tell = ({ request, response: { headers } }: Exchange, turn: Turn): void => {
      const isForced = request.headers.has("kong-debug");
      if (turn.key !== undefined && (shows["X-Cache-Key"] || isForced)) headers.set("X-Cache-Key", turn.key);
      if (turn.status !== undefined && (shows["X-Cache-Status"] || isForced))
        headers.set("X-Cache-Status", turn.status);
      if (turn.age !== undefined && (shows.age || isForced)) headers.set("age", String(turn.age));
    };

    return {
      access(exchange): Handled {
        const { request, shared } = exchange;
        const asked = config.cache_control
          ? directivesOf(request.headers.getAll("cache-control"))
          : new Map<string, true>();
        const isBypassed = !methods.has(request.method) || asked.has("no-store") || asked.has("no-cache");
        if (isBypassed) {
          shared.set(turnKey, { status: "Bypass", key: undefined } satisfies Turn);
          return undefined;
        }
        const key = keyOf(exchange, config);
        const turn: Turn = { status: undefined, key };
        shared.set(turnKey, turn);
        return whenReady(cache.find(key, exchange), (stored) => decide(exchange, turn, asked, stored));
      },

      headerFilter(exchange) {
        const turn = exchange.shared.get(turnKey) as Turn | undefined;
        if (turn === undefined) return;
        const { response, request } = exchange;
        const isAsking = turn.status === "Miss" || turn.status === "Refresh";
        if (response.source === "service") {
          if (turn.validating !== undefined && response.status === 304) revive(exchange, turn.validating);
          if (config.cache_control && !safe.has(request.method) && response.status < 400)
            invalidate(exchange);
          if (isAsking) turn.storing = storable(exchange);
        }
        // What another plugin answered is not kept either.
        if (isAsking && turn.storing === undefined) turn.status = "Bypass";
        tell(exchange, turn);
      },

      bodyFilter(exchange, chunk, isLast) {
        const turn = exchange.shared.get(turnKey) as Turn | undefined;
        if (turn?.storing === undefined) return chunk;
        const body = (turn.body ??= new Collector());
        body.add(chunk);
        if (body.lengthBytes > cache.maxBytes) {
          turn.storing = undefined;
          return chunk;
        }
        if (isLast) {
          const { entry, vary, ttlMs } = turn.storing;
          const stored = cache.store(turn.key!, exchange, { ...entry, body: body.whole() }, vary, ttlMs);
          if (stored instanceof Promise)
            stored.catch((error: unknown) => logger.log("error", "proxy-cache: storing failed", { error }));
        }
        return chunk;
      },
    };
  },
});
