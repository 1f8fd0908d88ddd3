import { pcre } from "../../http/pcre.ts";
import { definePlugin, type Prompt, promptOf, readPrompt, refusePrompt } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

/** What is looked at of a prompt, the newest first; undefined when a part of it is no text. */
const subjectOf = ({ messages }: Prompt, config: Config): string | undefined => {
  const considered = messages.filter(({ role }) => config.match_all_roles || role === "user").toReversed();
  const looked = config.allow_all_conversation_history ? considered.slice(0, 1) : considered;
  if (looked.some(({ content }) => content === undefined)) return undefined;
  return looked.map(({ content }) => content).join(" ");
};

/** Refuses prompts by what they say. */
export const aiPromptGuard = definePlugin<Config>({
  ...schema,
  create(config) {
    const allow = (config.allow_patterns ?? []).map((pattern) => pcre(pattern));
    const deny = (config.deny_patterns ?? []).map((pattern) => pcre(pattern));
    const passes = (subject: string): boolean =>
      !deny.some((pattern) => pattern.test(subject)) &&
      (allow.length === 0 || allow.some((pattern) => pattern.test(subject)));
    return {
      async access(exchange) {
        const body = await readPrompt(exchange, config.max_request_body_size!);
        if (body === undefined)
          return refusePrompt(exchange, "this LLM route only supports application/json requests");
        const prompt = promptOf(body, config.llm_format!);
        const subject = prompt && subjectOf(prompt, config);
        // Clients are not told what keeps them out.
        if (subject === undefined || !passes(subject)) refusePrompt(exchange, "bad request");
      },
    };
  },
});
