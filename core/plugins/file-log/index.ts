import { customFields, definePlugin, logRecord } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

/** Appends a record of each exchange to a file of the node. */
export const fileLog = definePlugin<Config>({
  ...schema,
  create(config, { files, clock }) {
    if (files === undefined) throw new Error("file-log: this platform has no files; use http-log");
    const adjust = customFields(config.custom_fields_by_lua);
    return {
      log(exchange) {
        const record = logRecord(exchange, clock.nowMs());
        adjust(record);
        files.append(config.path, JSON.stringify(record), config.reopen);
      },
    };
  },
});
