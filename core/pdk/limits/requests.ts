import type { Ready } from "../../ready.ts";
import {
  definePlugin,
  type Handled,
  type PluginBinding,
  type PluginDeclaration,
  type PluginDefinition,
  type PluginHost,
} from "../plugin.ts";
import type { Exchange } from "../exchange.ts";
import type { Counters } from "../../ports/counters.ts";
import { identifierOf } from "./identifier.ts";
import type { Limit, Verdict } from "./limiter.ts";
import { countersAt, type Place } from "./place.ts";
import type { LimitConfig } from "./schema.ts";
import { periods } from "./window.ts";

/** Decides about one request after the other. */
export interface RequestLimiter {
  decide(identifier: string, nowMs: number): Ready<Verdict>;
}

/** @param prefix What the keys of its counters begin with. */
type MakeLimiter = (counters: Counters, limits: readonly Limit[], prefix: string) => RequestLimiter;

const nobody = "00000000-0000-0000-0000-000000000000";
const title = (period: string): string => period[0]!.toUpperCase() + period.slice(1);

const phasesOf = (
  name: string,
  config: LimitConfig & Place,
  host: PluginHost,
  { route, service }: PluginBinding,
  make: MakeLimiter,
) => {
  const verdictKey = Symbol(name);
  const limits = periods.flatMap((period): Limit[] => {
    const limit = config[period];
    return limit === null ? [] : [{ period, limit }];
  });
  const { counters, close } = countersAt(config, host);
  // What a configuration is bound to keeps its counters apart from those of others.
  const limiter = make(counters, limits, `${route?.id ?? nobody}:${service?.id ?? nobody}:`);
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
    host.logger.log("error", `${name}: counting failed`, { error });
  };

  return {
    close,
    access(exchange: Exchange): Handled {
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
};

/** A plugin that counts requests, tells clients what is left, and refuses those beyond a limit. */
export const limitingPlugin = (declaration: PluginDeclaration, make: MakeLimiter): PluginDefinition =>
  definePlugin<LimitConfig & Place>({
    ...declaration,
    create: (config, host, binding) => phasesOf(declaration.name, config, host, binding, make),
  });
