import { expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const ask = async (config: Record<string, unknown>, body: unknown) => {
  const { client, ports } = gatewayOn(oneRoute([{ name: "ai-prompt-decorator", config }]));
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers: [string, string][] = [["Content-Type", "text/plain"]];
  const { status, body: said } = await client.send({ method: "POST", target: "/t", headers, body: text });
  const sent = ports.transport.sent[0];
  return {
    status,
    error: status === 200 ? undefined : (JSON.parse(said) as { error: { message: string } }).error.message,
    type: new HeaderList(sent?.request.headers).get("content-type"),
    sent: sent && (JSON.parse(sent.body) as unknown),
  };
};
const rule = { content: "be brief" };
const more = { role: "user", content: "thanks" };
const prompts = { prepend: [rule], append: [more] };
const hello = { role: "user", content: "hello" };

test("messages are put before and after those of the client, in JSON", async () => {
  const { sent, type } = await ask({ prompts }, { model: "m", messages: [hello] });
  expect(sent).toEqual({
    model: "m",
    messages: [{ role: "system", content: "be brief" }, hello, more],
  });
  expect(type).toBe("application/json");
});

test.each([
  ["before", { prepend: [rule] }, [{ role: "system", content: "be brief" }, hello]],
  ["after", { append: [more] }, [hello, more]],
])("messages may be put %s only", async (_, some, messages) => {
  expect((await ask({ prompts: some }, { messages: [hello] })).sent).toEqual({ messages });
});

test("Bedrock is told what the system says apart, and the rest in its parts", async () => {
  const messages = [{ role: "user", content: [{ text: "hello" }] }];
  const { sent } = await ask({ prompts, llm_format: "bedrock" }, { messages, system: [{ text: "be kind" }] });
  expect(sent).toEqual({
    system: [{ text: "be brief" }, { text: "be kind" }],
    messages: [...messages, { role: "user", content: [{ text: "thanks" }] }],
  });
});

test("Gemini is told what the system says apart, and calls the assistant model", async () => {
  const contents = [{ role: "user", parts: [{ text: "hello" }] }];
  const append = [{ role: "assistant", content: "hi" }, more];
  const config = { prompts: { prepend: [rule], append }, llm_format: "gemini" };
  const { sent } = await ask(config, { contents, systemInstruction: { parts: [{ text: "be kind" }] } });
  expect(sent).toEqual({
    systemInstruction: { parts: [{ text: "be brief" }, { text: "be kind" }] },
    contents: [
      ...contents,
      { role: "model", parts: [{ text: "hi" }] },
      { role: "user", parts: [{ text: "thanks" }] },
    ],
  });
});

test.each([
  ["a completion", { prompt: "hello" }],
  ["a conversation without messages", { messages: [] }],
  ["another request", {}],
])("%s can't be decorated", async (_, body) => {
  const { status, error } = await ask({ prompts }, body);
  expect([status, error]).toEqual([400, "this LLM route only supports llm/chat type requests"]);
});

test("what is no JSON, or larger than max_request_body_size, is refused", async () => {
  const why = "this LLM route only supports application/json requests";
  expect(await ask({ prompts }, "hello")).toMatchObject({ status: 400, error: why });
  const body = { messages: [hello] };
  const max_request_body_size = JSON.stringify(body).length;
  expect((await ask({ prompts, max_request_body_size }, body)).status).toBe(200);
  expect(await ask({ prompts, max_request_body_size: max_request_body_size - 1 }, body)).toMatchObject({
    status: 400,
    error: why,
  });
});
