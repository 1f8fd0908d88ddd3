import { customFields, definePlugin, logRecord, severityOf } from "../../pdk/index.ts";
import { type Config, facilities, schema } from "./schema.ts";

/** Writes a record of each exchange to the log of the system. */
export const syslog = definePlugin<Config>({
  ...schema,
  create(config, { systemLog, clock }) {
    if (systemLog === undefined) throw new Error("syslog: this platform has no system log");
    const adjust = customFields(config.custom_fields_by_lua);
    const severity = severityOf(config);
    const facility = facilities[config.facility];
    return {
      log(exchange) {
        const found = severity(exchange);
        if (found === undefined) return;
        const record = logRecord(exchange, clock.nowMs());
        adjust(record);
        systemLog.write(facility, found, JSON.stringify(record));
      },
    };
  },
});
