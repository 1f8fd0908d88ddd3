import { HeaderList } from "../../http/headers.ts";
import { definePlugin, type Exchange } from "../../pdk/index.ts";
import { originRule } from "./origin.ts";
import { type Config, schema } from "./schema.ts";

/** Marks an exchange whose preflight was answered, or is the upstream's to answer. */
const preflightKey = Symbol("cors");

const isPreflight = ({ request: { method, headers } }: Exchange): boolean =>
  method === "OPTIONS" && headers.has("origin") && headers.has("access-control-request-method");

/** Tells browsers which sites may read responses. @see Fetch Standard §3.3 */
export const cors = definePlugin<Config>({
  ...schema,
  create(config) {
    const rule = originRule(config.origins ?? []);
    const allowed =
      config.headers !== null && config.headers.length > 0 ? config.headers.join(",") : undefined;
    const exposed = config.exposed_headers?.join(",") ?? "";
    const methods = config.methods?.join(",") ?? "";

    const allowOrigin = (headers: HeaderList, origin: string | undefined): void => {
      const answer = rule.answer(origin);
      if (rule.varies) headers.append("Vary", "Origin");
      if (answer === undefined) headers.delete("Access-Control-Allow-Origin");
      else headers.set("Access-Control-Allow-Origin", answer);
      if (!config.credentials) return;
      if (answer === "*") {
        // A browser refuses credentials together with the asterisk: the origin itself has to stand there.
        if (origin === undefined) return;
        headers.set("Access-Control-Allow-Origin", origin);
        if (!rule.varies) headers.append("Vary", "Origin");
      }
      headers.set("Access-Control-Allow-Credentials", "true");
    };

    const answerPreflight = (exchange: Exchange): void => {
      const asked = exchange.request.headers;
      const headers = new HeaderList();
      allowOrigin(headers, asked.get("origin"));
      const names = allowed ?? asked.get("access-control-request-headers");
      if (names !== undefined) headers.set("Access-Control-Allow-Headers", names);
      headers.set("Access-Control-Allow-Methods", methods);
      if (config.max_age !== null) headers.set("Access-Control-Max-Age", String(config.max_age));
      if (config.private_network && asked.get("access-control-request-private-network") === "true") {
        headers.set("Access-Control-Allow-Private-Network", "true");
      }
      exchange.exit(200, undefined, headers);
    };

    return {
      access(exchange) {
        if (!isPreflight(exchange)) return;
        exchange.shared.set(preflightKey, true);
        if (!config.preflight_continue) answerPreflight(exchange);
      },
      headerFilter(exchange) {
        if (exchange.request.method === "OPTIONS" && exchange.shared.has(preflightKey)) return;
        const origin = exchange.request.headers.get("origin");
        const { headers } = exchange.response;
        allowOrigin(headers, origin);
        if (exposed !== "") headers.set("Access-Control-Expose-Headers", exposed);
      },
    };
  },
});
