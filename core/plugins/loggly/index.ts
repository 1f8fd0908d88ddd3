import { customFields, definePlugin, logRecord, severityOf, socketsOf } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

const encoder = new TextEncoder();
/** The facility "user" of syslog. */
const facility = 8;

/** Sends a record of each exchange to Loggly by syslog over UDP. @see RFC 5424 */
export const loggly = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const sockets = socketsOf(host);
    const adjust = customFields(config.custom_fields_by_lua);
    const severity = severityOf(config);
    const tags = (config.tags ?? []).map((tag) => `tag="${tag}"`).join(" ");
    return {
      async log(exchange) {
        const found = severity(exchange);
        if (found === undefined) return;
        const record = logRecord(exchange, host.clock.nowMs());
        adjust(record);
        const at = new Date(host.clock.nowMs()).toISOString();
        const head = `<${facility + found}>1 ${at} ${host.node.hostname} kong - - [${config.key}@41058 ${tags}]`;
        const line = `${head} ${JSON.stringify(record)}`;
        await sockets.datagram(config.host ?? "logs-01.loggly.com", config.port ?? 514, encoder.encode(line));
      },
    };
  },
});
