import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const ask = async (config: Record<string, unknown>, body: unknown, headers: [string, string][] = []) => {
  const { client, ports } = gatewayOn(oneRoute([{ name: "ai-prompt-guard", config }]));
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await client.send({ method: "POST", target: "/t", headers, body: text });
  const error = answer.status === 200 ? undefined : (JSON.parse(answer.body) as object);
  return { status: answer.status, error, sent: ports.transport.sent[0]?.body };
};
const refused = { error: { message: "bad request" } };
const user = (content: unknown) => ({ role: "user", content });
const chat = (...messages: object[]) => ({ messages });

test("what passes goes upstream as it came", async () => {
  const body = JSON.stringify(chat(user("hello")), undefined, 2);
  const { status, sent } = await ask({ deny_patterns: ["bye"] }, body);
  expect([status, sent]).toEqual([200, body]);
});

test.each([
  ["one allowed pattern is enough", { allow_patterns: ["^x", "hell."] }, chat(user("hello")), 200],
  ["none is not", { allow_patterns: ["^x"] }, chat(user("hello")), 400],
  [
    "what is denied is so whatever is allowed",
    { allow_patterns: ["hello"], deny_patterns: ["lo$"] },
    chat(user("hello")),
    400,
  ],
  ["capitals count", { deny_patterns: ["HELLO"] }, chat(user("hello")), 200],
  ["unless a flag says otherwise", { deny_patterns: ["(?i)HELLO"] }, chat(user("hello")), 400],
  ["a line feed at the end hides nothing", { deny_patterns: ["secret$"] }, chat(user("secret\n")), 400],
  ["a completion is looked at, too", { deny_patterns: ["hello"] }, { prompt: "hello" }, 400],
  ["what was said before counts", { deny_patterns: ["secret"] }, chat(user("secret"), user("hello")), 400],
  [
    "with allow_all_conversation_history only the newest message does",
    { deny_patterns: ["secret"], allow_all_conversation_history: true },
    chat(user("secret"), user("hello"), { role: "assistant", content: "secret" }),
    200,
  ],
  [
    "messages are looked at the newest first, apart from each other",
    { allow_patterns: ["^b a$"] },
    chat(user("a"), user("b")),
    200,
  ],
  [
    "of others nothing is looked at",
    { deny_patterns: ["secret"] },
    chat({ role: "system", content: "secret" }, user("hello")),
    200,
  ],
  [
    "with match_all_roles everything is",
    { deny_patterns: ["secret"], match_all_roles: true },
    chat({ role: "system", content: "secret" }, user("hello")),
    400,
  ],
  ["a message without a role is refused", { deny_patterns: ["x"] }, chat({ content: "hello" }), 400],
  ["a message that is no object is refused", { deny_patterns: ["x"] }, { messages: [1] }, 400],
  ["content that is no text is refused", { deny_patterns: ["x"] }, chat(user([{ type: "text" }])), 400],
  ["a request that is no prompt is refused", { deny_patterns: ["x"] }, { question: "hello" }, 400],
  [
    "Bedrock's form is read",
    { deny_patterns: ["hello"], llm_format: "bedrock" },
    chat(user([{ text: "hello" }])),
    400,
  ],
  [
    "what Bedrock's system is told is another's",
    { deny_patterns: ["secret"], llm_format: "bedrock" },
    { system: [{ text: "secret" }], ...chat(user([{ text: "hello" }])) },
    200,
  ],
  [
    "Gemini's form is read",
    { deny_patterns: ["hello"], llm_format: "gemini" },
    { contents: [{ role: "user", parts: [{ text: "hello" }] }] },
    400,
  ],
  [
    "what Gemini said is another's",
    { deny_patterns: ["secret"], llm_format: "gemini" },
    { contents: [{ role: "model", parts: [{ text: "secret" }] }, { parts: [{ text: "hello" }] }] },
    200,
  ],
])("%s", async (_, config, body, status) => {
  const answer = await ask(config, body);
  expect([answer.status, answer.error]).toEqual([status, status === 200 ? undefined : refused]);
});

test.each([
  ["no JSON", "hello", {}],
  ["a list", "[]", {}],

  ["more than max_request_body_size", JSON.stringify({ prompt: "hello" }), { max_request_body_size: 17 }],
])("%s is refused", async (_, body, config) => {
  const { status, error } = await ask({ deny_patterns: ["x"], ...config }, body);
  expect([status, error]).toEqual([
    400,
    { error: { message: "this LLM route only supports application/json requests" } },
  ]);
});

test("as much as max_request_body_size is looked at", async () => {
  const body = JSON.stringify({ prompt: "hello" });
  expect((await ask({ deny_patterns: ["x"], max_request_body_size: 17 }, body)).status).toBe(400);
  expect((await ask({ deny_patterns: ["x"], max_request_body_size: 18 }, body)).status).toBe(200);
});
