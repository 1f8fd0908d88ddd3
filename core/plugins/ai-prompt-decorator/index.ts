import { definePlugin, promptOf, readPrompt, refusePrompt } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

const encoder = new TextEncoder();

/** Puts messages of the operator's before and after those of a conversation. */
export const aiPromptDecorator = definePlugin<Config>({
  ...schema,
  create(config) {
    const before = config.prompts?.prepend ?? [];
    const after = config.prompts?.append ?? [];
    return {
      async access(exchange) {
        const body = await readPrompt(exchange, config.max_request_body_size!);
        if (body === undefined)
          return refusePrompt(exchange, "this LLM route only supports application/json requests");
        const around = promptOf(body, config.llm_format!)?.around;
        if (around === undefined)
          return refusePrompt(exchange, "this LLM route only supports llm/chat type requests");
        const { request } = exchange;
        request.setBody(encoder.encode(JSON.stringify(around(before, after))));
        request.headers.set("Content-Type", "application/json");
      },
    };
  },
});
