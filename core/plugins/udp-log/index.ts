import { customFields, definePlugin, logRecord, socketsOf } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

const encoder = new TextEncoder();

/** Sends a record of each exchange as a UDP datagram. */
export const udpLog = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const sockets = socketsOf(host);
    const adjust = customFields(config.custom_fields_by_lua);
    return {
      log(exchange) {
        const record = logRecord(exchange, host.clock.nowMs());
        adjust(record);
        return sockets.datagram(config.host, config.port, encoder.encode(JSON.stringify(record)));
      },
    };
  },
});
