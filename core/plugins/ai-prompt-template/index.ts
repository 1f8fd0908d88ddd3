import { definePlugin, readPrompt, refusePrompt } from "../../pdk/index.ts";
import { render, TemplateError } from "./render.ts";
import { type Config, schema } from "./schema.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const templateName = (reference: unknown): string | undefined =>
  typeof reference === "string" ? /^\{template:\/\/([^]*)\}$/.exec(reference)?.[1] : undefined;

/** Fills in prompts that the operator wrote, in the place of requests that name them. */
export const aiPromptTemplate = definePlugin<Config>({
  ...schema,
  create(config) {
    const templates = new Map(config.templates.map(({ name, template }) => [name, template]));
    /** The request that stands for a client's; undefined when the client's own passes. */
    const renderedFor = (body: Readonly<Record<string, unknown>>): string | undefined => {
      const { messages, prompt, properties = {} } = body;
      if (messages !== undefined && prompt !== undefined)
        throw new TemplateError("cannot run 'messages' and 'prompt' templates at the same time");
      const reference = messages ?? prompt;
      if (reference === undefined)
        throw new TemplateError(
          "only 'llm/v1/chat' and 'llm/v1/completions' formats are supported for templating",
        );
      const name = templateName(reference);
      if (name === undefined) {
        if (config.allow_untemplated_requests) return undefined;
        throw new TemplateError("this LLM route only supports templated requests");
      }
      const template = templates.get(name);
      if (template === undefined) throw new TemplateError(`could not find template name [${name}]`);
      return render(template, properties);
    };
    return {
      async access(exchange) {
        const { request } = exchange;
        const body = await readPrompt(exchange, config.max_request_body_size!);
        if (body === undefined)
          return refusePrompt(exchange, "this LLM route only supports application/json requests");
        if (config.log_original_request)
          exchange.setLogValue("ai.payload.original_request", decoder.decode(await request.readBody()));
        try {
          const rendered = renderedFor(body);
          if (rendered !== undefined) request.setBody(encoder.encode(rendered));
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
          refusePrompt(exchange, error.message);
        }
      },
    };
  },
});
