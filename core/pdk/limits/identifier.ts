import type { Exchange } from "../exchange.ts";
import type { LimitConfig } from "./schema.ts";

/** Whose requests are counted together; the client's address where what was configured is not there. */
export const identifierOf = (config: LimitConfig): ((exchange: Exchange) => string) => {
  const { limit_by: by, header_name: header, path } = config;
  const find = (exchange: Exchange): string | undefined => {
    switch (by) {
      case "service":
        return exchange.service?.id;
      case "credential":
        return exchange.credential?.id;
      case "header":
        return exchange.request.headers.get(header!);
      case "path":
        return exchange.request.rawPath === path ? path : undefined;
      case "ip":
        return undefined;
      default:
        return exchange.consumer?.id ?? exchange.credential?.id;
    }
  };
  return (exchange) => find(exchange) ?? exchange.request.peerAddress;
};
