import { array, boolean, httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import { type PluginDeclaration, promptSize } from "../../pdk/index.ts";

const template = record(
  {
    name: string({ required: true, doc: "What clients call it: `{template://name}`." }),
    template: string({
      required: true,
      doc: "The request in JSON that it stands for, with `{{parameters}}` in its texts.",
    }),
  },
  { required: true },
);

export const config = record(
  {
    templates: array(template, { required: true, doc: "The templates that clients may use." }),
    allow_untemplated_requests: boolean({
      required: true,
      default: true,
      doc: "Let requests pass that use none.",
    }),
    log_original_request: boolean({
      required: true,
      default: false,
      doc: "Tell the client's request in logs, as `ai.payload.original_request`.",
    }),
    max_request_body_size: promptSize,
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "ai-prompt-template",
  priority: 773,
  config,
  protocols: httpProtocols,
} satisfies PluginDeclaration;
