import { customFields, definePlugin, logRecord, socketsOf } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

const encoder = new TextEncoder();

/** Sends a record of each exchange over TCP, a line each. */
export const tcpLog = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const stream = socketsOf(host).stream({
      host: config.host,
      port: config.port,
      timeoutMs: config.timeout ?? 10_000,
      keepAliveMs: config.keepalive ?? 60_000,
      tls: config.tls ? { serverName: config.tls_sni ?? undefined } : undefined,
    });
    const adjust = customFields(config.custom_fields_by_lua);
    return {
      log(exchange) {
        const record = logRecord(exchange, host.clock.nowMs());
        adjust(record);
        return stream.write(encoder.encode(`${JSON.stringify(record)}\n`));
      },
      close: () => stream.close(),
    };
  },
});
