import { definePlugin, type Exchange } from "../../pdk/index.ts";
import { Collector } from "../../http/bodies.ts";
import { transformHeaders } from "./headers.ts";
import { hasJsonChanges, transformJson } from "./json.ts";
import { type Config, schema } from "./schema.ts";

/** Collects a JSON body until it can be changed; absent while the body passes as it is. */
const bodyKey = Symbol("response-transformer");

const isJson = (contentType: string | undefined): boolean => {
  const type = contentType?.toLowerCase() ?? "";
  return type.includes("application/json") || type.includes("application/vnd.api+json");
};

/** Changes headers and the members of JSON bodies on their way to the client. */
export const responseTransformer = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const applyHeaders = transformHeaders(config);
    if (!hasJsonChanges(config)) return { headerFilter: ({ response }) => applyHeaders(response.headers) };
    const applyJson = transformJson(config);
    return {
      headerFilter(exchange: Exchange) {
        const { headers } = exchange.response;
        applyHeaders(headers);
        if (!isJson(headers.get("content-type"))) return;
        headers.delete("Content-Length");
        exchange.shared.set(bodyKey, new Collector());
      },
      bodyFilter(exchange: Exchange, chunk: Uint8Array, isLast: boolean) {
        const collector = exchange.shared.get(bodyKey) as Collector | undefined;
        if (collector === undefined) return chunk;
        collector.add(chunk);
        if (!isLast) return undefined;
        const whole = collector.whole();
        const changed = applyJson(whole);
        if (changed === undefined && whole.byteLength > 0) {
          host.logger.log("warn", "response-transformer: the body is no JSON object", {
            requestId: exchange.id,
          });
        }
        return changed ?? whole;
      },
    };
  },
});
