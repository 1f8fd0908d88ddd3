/** Whose form a request has. */
export const promptFormats = ["openai", "bedrock", "gemini"] as const;
export type PromptFormat = (typeof promptFormats)[number];

/** What somebody says in a conversation. */
export interface Message {
  /** `system`, `user`, `assistant`, or what the client calls it. */
  readonly role: string;
  readonly content: string;
}

/** A message as it was read: of some the content is no text. */
interface ReadMessage {
  readonly role: string;
  readonly content: string | undefined;
}

/** What a request asks of a model. */
export interface Prompt {
  /** The oldest first. */
  readonly messages: readonly ReadMessage[];
  /** The request with messages before and after its own; undefined when it is no conversation. */
  around: ((before: readonly Message[], after: readonly Message[]) => object) | undefined;
}

type Body = Readonly<Record<string, unknown>>;

const isBody = (value: unknown): value is Body => typeof value === "object" && value !== null;

/** The text of `[{ text }, …]`; undefined when it has another part. */
const textOf = (parts: unknown): string | undefined => {
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.map((part: unknown) => (isBody(part) ? part["text"] : undefined));
  return texts.every((text) => typeof text === "string") ? texts.join(" ") : undefined;
};

const nobody = { role: undefined, content: undefined };

/** Messages of a list; undefined when one has no role. */
const listed = (
  list: unknown,
  read: (message: Body) => { role: string | undefined; content: string | undefined },
): readonly ReadMessage[] | undefined => {
  const messages: ReadMessage[] = [];
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    const { role, content } = isBody(entry) ? read(entry) : nobody;
    if (role === undefined) return undefined;
    messages.push({ role, content });
  }
  return messages;
};

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const isSystem = ({ role }: Message): boolean => role === "system";
const isSpoken = (message: Message): boolean => !isSystem(message);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

const openai = (body: Body): Prompt | undefined => {
  const { messages: list, prompt } = body;
  if (!isBody(list)) {
    if (typeof prompt !== "string") return undefined;
    return { messages: [{ role: "user", content: prompt }], around: undefined };
  }
  const messages = listed(list, ({ role, content }) => ({ role: text(role), content: text(content) }));
  if (messages === undefined) return undefined;
  const around: Prompt["around"] = (before, after) => ({
    ...body,
    messages: [...before, ...listOf(list), ...after],
  });
  return { messages, around: messages.length > 0 ? around : undefined };
};

/** @see Amazon Bedrock, Converse: what the system says stands apart. */
const bedrock = (body: Body): Prompt | undefined => {
  const { messages: list, system } = body;
  const spoken = isBody(list)
    ? listed(list, ({ role, content }) => ({ role: text(role), content: textOf(content) }))
    : undefined;
  if (spoken === undefined) return undefined;
  const told = listOf(system).map((part) => ({ role: "system", content: textOf([part]) }));
  const systemPart = ({ content }: Message) => ({ text: content });
  const turn = ({ role, content }: Message) => ({ role, content: [{ text: content }] });
  const around: Prompt["around"] = (before, after) => {
    const parts = [
      ...before.filter(isSystem).map(systemPart),
      ...listOf(system),
      ...after.filter(isSystem).map(systemPart),
    ];
    return {
      ...body,
      ...(parts.length > 0 && { system: parts }),
      messages: [...before.filter(isSpoken).map(turn), ...listOf(list), ...after.filter(isSpoken).map(turn)],
    };
  };
  return { messages: [...told, ...spoken], around: spoken.length > 0 ? around : undefined };
};

/** @see Gemini API, generateContent: the assistant is called `model`, what the system says stands apart. */
const gemini = (body: Body): Prompt | undefined => {
  const { contents: list, systemInstruction: instruction } = body;
  const spoken = isBody(list)
    ? listed(list, ({ role = "user", parts }) => ({
        role: role === "model" ? "assistant" : text(role),
        content: textOf(parts),
      }))
    : undefined;
  if (spoken === undefined) return undefined;
  const instructionParts = isBody(instruction) ? listOf(instruction["parts"]) : [];
  const told = instructionParts.map((part) => ({ role: "system", content: textOf([part]) }));
  const part = ({ content }: Message) => ({ text: content });
  const turn = (message: Message) => ({
    role: message.role === "assistant" ? "model" : "user",
    parts: [part(message)],
  });
  const around: Prompt["around"] = (before, after) => {
    const parts = [
      ...before.filter(isSystem).map(part),
      ...instructionParts,
      ...after.filter(isSystem).map(part),
    ];
    return {
      ...body,
      ...(parts.length > 0 && { systemInstruction: { ...(isBody(instruction) && instruction), parts } }),
      contents: [...before.filter(isSpoken).map(turn), ...listOf(list), ...after.filter(isSpoken).map(turn)],
    };
  };
  return { messages: [...told, ...spoken], around: spoken.length > 0 ? around : undefined };
};

const readers = { openai, bedrock, gemini } as const;

/** What a request of this form asks; undefined when it is not of the form. */
export const promptOf = (body: Body, format: PromptFormat): Prompt | undefined => readers[format](body);
