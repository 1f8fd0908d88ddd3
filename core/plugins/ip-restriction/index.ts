import { addressSet } from "../../http/address.ts";
import { definePlugin } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

/** Lets clients pass by their address. */
export const ipRestriction = definePlugin<Config>({
  ...schema,
  create(config) {
    const isDenied = addressSet(config.deny ?? []);
    const isAllowed =
      config.allow === null || config.allow.length === 0 ? () => true : addressSet(config.allow);
    const status = config.status ?? 403;
    return {
      access(exchange) {
        const address = exchange.request.peerAddress;
        if (address === "" || address.startsWith("unix:")) {
          exchange.error(
            403,
            "Cannot identify the client IP address, unix domain sockets are not supported.",
          );
        } else if (isDenied(address) || !isAllowed(address)) {
          exchange.error(status, config.message ?? `IP address not allowed: ${address}`);
        }
      },
    };
  },
});
