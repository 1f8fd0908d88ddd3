import {
  array,
  atLeastOneOf,
  boolean,
  conditional,
  httpProtocols,
  record,
  string,
} from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import { type PluginDeclaration, promptFormat, promptSize } from "../../pdk/index.ts";

const patterns = (doc: string) => array(string({ len_min: 1, len_max: 500 }), { len_max: 10, doc });

export const config = record(
  {
    allow_patterns: patterns("Regular expressions of which a prompt has to match one."),
    deny_patterns: patterns("Regular expressions of which a prompt may match none. Asked first."),
    allow_all_conversation_history: boolean({
      required: true,
      default: false,
      doc: "Look at the newest message only, not at what was said before.",
    }),
    max_request_body_size: promptSize,
    match_all_roles: boolean({
      required: true,
      default: false,
      doc: "Look at the messages of all, not only at the user's.",
    }),
    llm_format: promptFormat,
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "ai-prompt-guard",
  priority: 771,
  config,
  protocols: httpProtocols,
  checks: [
    atLeastOneOf("config.allow_patterns", "config.deny_patterns"),
    conditional({
      if_field: "config.match_all_roles",
      if_match: { eq: true },
      then_field: "config.allow_all_conversation_history",
      then_match: { eq: false },
    }),
  ],
} satisfies PluginDeclaration;
