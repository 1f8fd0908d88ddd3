/** Requests to language models, as the plugins that look at prompts see them. */
export { type Message, type Prompt, type PromptFormat, promptFormats, promptOf } from "./prompt.ts";
export { promptFormat, promptSize, readPrompt, refusePrompt } from "./request.ts";
