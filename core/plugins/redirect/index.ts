import { definePlugin } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

/** Sends clients elsewhere. */
export const redirect = definePlugin<Config>({
  ...schema,
  create(config) {
    const base = config.keep_incoming_path ? new URL(config.location) : undefined;
    const place = (target: string): string => {
      if (base === undefined) return config.location;
      const mark = target.indexOf("?", 1);
      const url = new URL(base);
      url.pathname = mark < 0 ? target : target.slice(0, mark);
      url.search = mark < 0 ? "" : target.slice(mark);
      return url.href;
    };
    return {
      access(exchange) {
        exchange.exit(config.status_code, "redirecting", [["Location", place(exchange.request.target)]]);
      },
    };
  },
});
