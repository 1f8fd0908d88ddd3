import { toByteString } from "../../http/utf8.ts";
import { definePlugin, type Exchange, type Row, whenReady } from "../../pdk/index.ts";

import { type Config, schema } from "./schema.ts";

const groupNames = (rows: readonly Row[]): string[] => rows.map((row) => row["group"] as string);

/** Lets consumers pass by their groups. */
export const acl = definePlugin<Config>({
  ...schema,
  create(config, { directory }) {
    const isAllowList = config.allow !== null && config.allow.length > 0;
    const listed = new Set(isAllowList ? config.allow : config.deny);
    const passes = (groups: readonly string[]): boolean =>
      groups.some((group) => listed.has(group)) === isAllowList;

    const decide = (exchange: Exchange, groups: readonly string[], field: string): void => {
      if (!passes(groups)) {
        exchange.error(403, "You cannot consume this service");
      } else if (!config.hide_groups_header) {
        exchange.request.headers.set(field, toByteString(groups.join(", ")));
      }
    };

    return {
      access(exchange) {
        const { consumer, credential, authenticatedGroups } = exchange;
        const isAnonymous = consumer !== undefined && credential === undefined;
        const { headers } = exchange.request;
        headers.delete("X-Consumer-Groups");
        headers.delete("X-Authenticated-Groups");
        const wantsFound = consumer === undefined || isAnonymous || config.always_use_authenticated_groups;
        if (wantsFound && authenticatedGroups !== undefined) {
          decide(exchange, authenticatedGroups, "X-Authenticated-Groups");
          return undefined;
        }
        if (consumer === undefined) {
          if (credential === undefined) exchange.error(401);
          else exchange.error(403, "You cannot consume this service");
          return undefined;
        }
        return whenReady(directory.list("acls", "consumer", consumer.id), (rows) => {
          if (rows.length === 0 && isAllowList && credential === undefined) exchange.error(401);
          else decide(exchange, groupNames(rows), "X-Consumer-Groups");
        });
      },
    };
  },
});
