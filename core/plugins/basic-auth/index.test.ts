import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import { hashPassword } from "./credential.ts";

const ada = "3f4b7c1e-98a5-4d1f-8a52-3f2f6b1d7c11";
const consumers = [
  { id: ada, username: "ada", basicauth_credentials: [{ username: "ada", password: "a:b:ö" }] },
  { username: "nobody" },
];
const basic = (login: string): string =>
  `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(login)))}`;

const ask = async (config: Record<string, unknown>, ...headers: [string, string][]) => {
  const { client, ports } = gatewayOn(oneRoute([{ name: "basic-auth", config }], { consumers }));
  const response = await client.send({ target: "/t", headers });
  return { response, fields: new HeaderList(ports.transport.sent[0]?.request.headers) };
};

describe("a request", () => {
  test.each(["Authorization", "Proxy-Authorization"])("with name and password in %s passes", async (name) => {
    const { response, fields } = await ask({}, [name, basic("ada:a:b:ö")]);
    expect(response.status).toBe(200);
    expect([fields.get("x-consumer-id"), fields.get("x-credential-identifier")]).toEqual([ada, "ada"]);
    expect(fields.get(name)).toBe(basic("ada:a:b:ö"));
  });

  test.each([
    ["nothing", undefined],
    ["a wrong password", basic("ada:a")],
    ["an unknown name", basic("eve:a:b:ö")],
    ["an empty name", basic(":a")],
    ["no colon", basic("ada")],
    ["what is no base64", "Basic %%%"],
    ["another scheme", "Bearer x"],
  ])("with %s is refused", async (_, value) => {
    const { response } = await ask(
      { realm: "r" },
      ...(value ? [["Authorization", value] as [string, string]] : []),
    );
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="r"']);
  });

  test("loses its credentials with hide_credentials", async () => {
    const { fields } = await ask({ hide_credentials: true }, ["Authorization", basic("ada:a:b:ö")]);
    expect([fields.has("authorization"), fields.get("x-consumer-username")]).toEqual([false, "ada"]);
  });

  test("without credentials passes as the anonymous consumer", async () => {
    const { response, fields } = await ask({ anonymous: "nobody" });
    expect([response.status, fields.get("x-consumer-username")]).toEqual([200, "nobody"]);
  });
});

test("passwords are kept as Kong keeps them", () => {
  expect(hashPassword("secret", ada)).toMatch(/^[0-9a-f]{40}$/);
  expect(hashPassword("", "abc")).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
});
