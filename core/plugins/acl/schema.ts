import {
  array,
  atLeastOneOf,
  boolean,
  httpProtocols,
  onlyOneOf,
  record,
  string,
} from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { acls } from "./group.ts";

export const config = record(
  {
    allow: array(string(), { doc: "Groups whose consumers may pass. Not together with `deny`." }),
    deny: array(string(), { doc: "Groups whose consumers are refused. Not together with `allow`." }),
    hide_groups_header: boolean({
      required: true,
      default: false,
      doc: "Don't tell the upstream the consumer's groups.",
    }),
    always_use_authenticated_groups: boolean({
      required: true,
      default: false,
      doc: "Decide by the groups that an authentication plugin found, where there are any, rather than by the consumer's.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "acl",
  entities: [acls],
  priority: 950,

  config,
  protocols: httpProtocols,
  noConsumer: true,
  checks: [onlyOneOf("config.allow", "config.deny"), atLeastOneOf("config.allow", "config.deny")],
} satisfies PluginDeclaration;
