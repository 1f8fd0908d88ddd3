import { definePlugin, type Exchange, type Handled } from "../../pdk/index.ts";
import {
  countersAt,
  type Limit,
  Limiter,
  needOfPlace,
  periods,
  type Verdict,
} from "../../pdk/limits/index.ts";
import { identifierOf } from "./identifier.ts";
import { type Config, schema } from "./schema.ts";

const verdictKey = Symbol("rate-limiting");
const nobody = "00000000-0000-0000-0000-000000000000";

const title = (period: string): string => period[0]!.toUpperCase() + period.slice(1);

/** Counts requests and refuses those beyond a limit. */
export const rateLimiting = definePlugin<Config>({
  ...schema,
  name: "rate-limiting",
  priority: 910,
  needs: (config) => needOfPlace(config as Config),
  create(config, host, { route, service }) {
    const limits = periods.flatMap((period): Limit[] => {
      const limit = config[period];
      return limit === null ? [] : [{ period, limit }];
    });
    // What a configuration is bound to keeps its counters apart from those of others.
    const prefix = `ratelimit:${route?.id ?? nobody}:${service?.id ?? nobody}:`;
    const { counters, close } = countersAt(config, host);
    const limiter = new Limiter(counters, limits, prefix);
    const identify = identifierOf(config);
    const names = limits.map(({ period }) => [
      `X-RateLimit-Limit-${title(period)}`,
      `X-RateLimit-Remaining-${title(period)}`,
    ]);
    const status = config.error_code ?? 429;
    const message = config.error_message ?? "API rate limit exceeded";

    const apply = (exchange: Exchange, verdict: Verdict): void => {
      if (!config.hide_client_headers) exchange.shared.set(verdictKey, verdict);
      if (!verdict.isAllowed) exchange.error(status, message);
    };

    const failed = (error: unknown): void => {
      if (!config.fault_tolerant) throw error;
      host.logger.log("error", "rate-limiting: counting failed", { error });
    };

    return {
      close,
      access(exchange): Handled {
        try {
          const verdict = limiter.decide(identify(exchange), host.clock.nowMs());
          if (verdict instanceof Promise) return verdict.then((found) => apply(exchange, found), failed);
          return apply(exchange, verdict);
        } catch (error) {
          return failed(error);
        }
      },
      ...(!config.hide_client_headers && {
        headerFilter({ shared, response: { headers } }: Exchange) {
          const verdict = shared.get(verdictKey) as Verdict | undefined;
          if (verdict === undefined) return;
          const { remaining, tightest, resetSeconds } = verdict;
          for (const [i, [limitName, remainingName]] of names.entries()) {
            headers.set(limitName!, String(limits[i]!.limit));
            headers.set(remainingName!, String(remaining[i]));
          }
          headers.set("RateLimit-Limit", String(limits[tightest]!.limit));
          headers.set("RateLimit-Remaining", String(remaining[tightest]));
          headers.set("RateLimit-Reset", String(resetSeconds));
          if (!verdict.isAllowed) headers.set("Retry-After", String(resetSeconds));
        },
      }),
    };
  },
});
