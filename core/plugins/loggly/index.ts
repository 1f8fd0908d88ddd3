import { customFields, definePlugin, type Exchange, logRecord, socketsOf } from "../../pdk/index.ts";
import { type Config, schema, severities, type Severity } from "./schema.ts";

const encoder = new TextEncoder();
/** The facility "user" of syslog. */
const facility = 8;

/** Sends a record of each exchange to Loggly by syslog over UDP. @see RFC 5424 */
export const loggly = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const sockets = socketsOf(host);
    const adjust = customFields(config.custom_fields_by_lua);
    const rank = (severity: Severity | null): number => severities.indexOf(severity ?? "info");
    const least = rank(config.log_level);
    const tags = (config.tags ?? []).map((tag) => `tag="${tag}"`).join(" ");
    const rankOf = ({ response: { status } }: Exchange): number => {
      if (status >= 500) return rank(config.server_errors_severity);
      return rank(status >= 400 ? config.client_errors_severity : config.successful_severity);
    };
    return {
      async log(exchange) {
        const found = rankOf(exchange);
        if (found < least) return;
        const record = logRecord(exchange, host.clock.nowMs());
        adjust(record);
        // In syslog 0 is the most important.
        const priority = facility + (severities.length - 1 - found);
        const at = new Date(host.clock.nowMs()).toISOString();
        const head = `<${priority}>1 ${at} ${host.node.hostname} kong - - [${config.key}@41058 ${tags}]`;
        const line = `${head} ${JSON.stringify(record)}`;
        await sockets.datagram(config.host ?? "logs-01.loggly.com", config.port ?? 514, encoder.encode(line));
      },
    };
  },
});
