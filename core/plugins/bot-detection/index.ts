import { fromByteString } from "../../http/utf8.ts";
import { pcre } from "../../http/pcre.ts";
import { definePlugin } from "../../pdk/index.ts";
import { knownBots } from "./bots.ts";
import { type Config, schema } from "./schema.ts";

/** The most User-Agents whose verdict is kept. */
const maxVerdicts = 1000;

/** Refuses programs by what they say they are. */
export const botDetection = definePlugin<Config>({
  ...schema,
  create(config) {
    const allow = (config.allow ?? []).map((pattern) => pcre(pattern));
    const deny = [...(config.deny ?? []).map((pattern) => pcre(pattern)), knownBots];
    const judge = (agent: string): boolean =>
      !allow.some((pattern) => pattern.test(agent)) && deny.some((pattern) => pattern.test(agent));
    const verdicts = new Map<string, boolean>();
    return {
      access(exchange) {
        const [agent, ...others] = exchange.request.headers.getAll("user-agent");
        if (agent === undefined) return;
        if (others.length > 0) {
          exchange.error(400, "Only one User-Agent header allowed");
          return;
        }
        let isRefused = verdicts.get(agent);
        if (isRefused === undefined) {
          isRefused = judge(fromByteString(agent));
          if (verdicts.size >= maxVerdicts) verdicts.clear();
          verdicts.set(agent, isRefused);
        }
        if (isRefused) exchange.error(403, "Forbidden");
      },
    };
  },
});
