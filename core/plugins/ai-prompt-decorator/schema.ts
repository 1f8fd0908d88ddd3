import { array, atLeastOneOf, httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import { type PluginDeclaration, promptFormat, promptSize } from "../../pdk/index.ts";

const message = record({
  role: string({
    required: true,
    default: "system",
    one_of: ["system", "assistant", "user"],
    doc: "Who says it.",
  }),
  content: string({ required: true, len_min: 1, len_max: 500, doc: "What is said." }),
});

export const config = record(
  {
    prompts: record(
      {
        prepend: array(message, { len_max: 15, doc: "Messages before those of the client." }),
        append: array(message, { len_max: 15, doc: "Messages after those of the client." }),
      },
      { doc: "What is added to a conversation." },
    ),
    max_request_body_size: promptSize,
    llm_format: promptFormat,
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "ai-prompt-decorator",
  priority: 772,
  config,
  protocols: httpProtocols,
  checks: [atLeastOneOf("config.prompts.prepend", "config.prompts.append")],
} satisfies PluginDeclaration;
