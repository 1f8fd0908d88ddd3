import { countersAt, type Period, periods, Window } from "../../pdk/limits/index.ts";
import { definePlugin, type Exchange, type Handled, whenReady } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";
import { useOf } from "./use.ts";

const turnKey = Symbol("response-ratelimiting");
const nobody = "00000000-0000-0000-0000-000000000000";

/** One limit of one name. */
interface Limit {
  readonly name: string;
  readonly period: Period;
  readonly limit: number;
}

interface Turn {
  readonly identifier: string;
  /** What was left of each limit when the request came. */
  readonly remaining: readonly number[];
  /** What the response used; undefined where nothing is counted. */
  used?: ReadonlyMap<string, number>;
}

const identifierOf = ({ consumer, credential, request }: Exchange, by: Config["limit_by"]): string =>
  (by === "consumer" ? (consumer?.id ?? credential?.id) : by === "credential" ? credential?.id : undefined) ??
  request.peerAddress;

/** Limits what upstreams say that requests use. */
export const responseRatelimiting = definePlugin<Config>({
  ...schema,
  create(config, host, { route, service }) {
    const { clock, logger } = host;
    const { counters, close } = countersAt(config, host);
    const names = Object.keys(config.limits);
    const limits = names.flatMap((name) =>
      periods.flatMap((period): Limit[] => {
        const limit = config.limits[name]![period];
        return limit === null ? [] : [{ name, period, limit }];
      }),
    );
    const windows = Object.fromEntries(periods.map((period) => [period, new Window(period)])) as Record<
      Period,
      Window
    >;
    const header = config.header_name ?? "x-kong-limit";
    const prefix = `response-ratelimit:${route?.id ?? nobody}:${service?.id ?? nobody}:`;

    const keyOf = (identifier: string, name: string, period: Period, nowMs: number): string => {
      const window = windows[period];
      window.move(nowMs);
      return `${prefix}${identifier}:${window.startMs}:${name}:${period}`;
    };

    const leastOf = (turn: Turn, name: string): number =>
      Math.min(...limits.flatMap((limit, i) => (limit.name === name ? [turn.remaining[i]!] : [])));

    const admit = (exchange: Exchange, identifier: string, counts: readonly number[]): void => {
      const turn: Turn = { identifier, remaining: limits.map(({ limit }, i) => limit - counts[i]!) };
      if (config.block_on_first_violation) {
        const spent = names.find((name) => leastOf(turn, name) === 0);
        if (spent !== undefined) {
          exchange.error(429, `API rate limit exceeded for '${spent}'`);
          return;
        }
      }
      exchange.shared.set(turnKey, turn);
    };

    const failed = (error: unknown): void => {
      if (!config.fault_tolerant) throw error;
      logger.log("error", "response-ratelimiting: counting failed", { error });
    };

    return {
      close,
      access(exchange): Handled {
        const identifier = identifierOf(exchange, config.limit_by);
        const nowMs = clock.nowMs();
        try {
          const keys = limits.map(({ name, period }) => keyOf(identifier, name, period, nowMs));
          const admitted = whenReady(counters.read(keys), (counts) => admit(exchange, identifier, counts));
          return admitted instanceof Promise ? admitted.catch(failed) : admitted;
        } catch (error) {
          return failed(error);
        }
      },

      headerFilter(exchange) {
        const { headers } = exchange.response;
        const told = headers.getAll(header);
        headers.delete(header);
        const turn = exchange.shared.get(turnKey) as Turn | undefined;
        if (turn === undefined) return;
        const used = useOf(told);
        let isOver = false;
        const fields: [string, string][] = [];
        for (const [i, { name, period, limit }] of limits.entries()) {
          const by = used.get(name) ?? 0;
          const left = turn.remaining[i]!;
          if (by > 0 && left <= 0) isOver = true;
          if (config.hide_client_headers) continue;
          fields.push(
            [`X-RateLimit-Limit-${name}-${period}`, String(limit)],
            [`X-RateLimit-Remaining-${name}-${period}`, String(Math.max(0, left - by))],
          );
        }
        for (const name of names)
          fields.push([`X-RateLimit-Remaining-${name}`, String(Math.max(0, leastOf(turn, name)))]);
        if (isOver) {
          const type = headers.get("content-type");
          exchange.exit(429, "", type === undefined ? [] : [["Content-Type", type]]);
        } else {
          turn.used = used;
        }
        for (const [name, value] of fields) exchange.response.headers.set(name, value);
      },

      log(exchange): Handled {
        const turn = exchange.shared.get(turnKey) as Turn | undefined;
        const used = [...(turn?.used ?? [])].filter(([name, by]) => by !== 0 && names.includes(name));
        if (turn === undefined || used.length === 0) return undefined;
        const nowMs = clock.nowMs();
        const additions = used.flatMap(([name, by]) =>
          periods.map((period) => {
            const key = keyOf(turn.identifier, name, period, nowMs);
            return { key, by, endsInMs: windows[period].endMs - nowMs };
          }),
        );
        const added = counters.add(additions);
        return added instanceof Promise ? added.then(() => undefined) : undefined;
      },
    };
  },
});
