import { BodyTooLargeError } from "../../http/bodies.ts";
import { definePlugin, type Exchange } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

const unitBytes = { megabytes: 2 ** 20, kilobytes: 2 ** 10, bytes: 1 };

const refuse = (exchange: Exchange): void => {
  const expects = exchange.request.headers.get("expect")?.toLowerCase() === "100-continue";
  exchange.error(expects ? 417 : 413, "Request size limit exceeded");
};

/** Refuses request bodies that are too large. */
export const requestSizeLimiting = definePlugin<Config>({
  ...schema,
  create(config) {
    const maxBytes = (config.allowed_payload_size ?? 128) * unitBytes[config.size_unit];
    return {
      access(exchange) {
        const { request } = exchange;
        const told = request.headers.get("content-length");
        const isTold = told !== undefined && /^\d+$/.test(told);
        if (isTold) {
          if (Number(told) > maxBytes) refuse(exchange);
          return undefined;
        }
        if (config.require_content_length && !request.headers.has("transfer-encoding")) {
          exchange.error(411, "A valid Content-Length header is required");
          return undefined;
        }
        if (request.body === undefined) return undefined;
        const bytes = request.readBody(maxBytes);
        if (!(bytes instanceof Promise)) {
          if (bytes.byteLength > maxBytes) refuse(exchange);
          return undefined;
        }
        return bytes.then(
          () => undefined,
          (error: unknown) => {
            if (!(error instanceof BodyTooLargeError)) throw error;
            refuse(exchange);
          },
        );
      },
    };
  },
});
