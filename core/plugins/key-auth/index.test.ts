import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

const ada = "3f4b7c1e-98a5-4d1f-8a52-3f2f6b1d7c11";
const credential = "b2a0f3c4-0d3e-4d5f-9a1b-7c8d9e0f1a2b";
const consumers = [
  { id: ada, username: "ada", custom_id: "c-ada", keyauth_credentials: [{ id: credential, key: "ada-key" }] },
  { username: "nobody" },
];

const ask = async (config: Record<string, unknown>, request: MemoryRequest) => {
  const { client, ports, finished } = gatewayOn(oneRoute([{ name: "key-auth", config }], { consumers }));
  const response = await client.send({ target: "/t", ...request });
  const sent = ports.transport.sent[0];
  return { response, sent, fields: new HeaderList(sent?.request.headers), exchange: finished[0]! };
};
const message = ({ body }: { body: string }): string => (JSON.parse(body) as { message: string }).message;
const form = { headers: [["Content-Type", "application/x-www-form-urlencoded"]] as const };
const json = { headers: [["Content-Type", "application/json"]] as const };

describe("a request", () => {
  test("with the key in a header passes, and the upstream learns whose it is", async () => {
    const { response, fields, exchange } = await ask({}, { headers: [["ApiKey", "ada-key"]] });
    expect(response.status).toBe(200);
    expect(
      ["x-consumer-id", "x-consumer-custom-id", "x-consumer-username", "x-credential-identifier"].map((n) =>
        fields.get(n),
      ),
    ).toEqual([ada, "c-ada", "ada", credential]);
    expect([exchange.consumer?.username, exchange.credential?.id]).toEqual(["ada", credential]);
  });

  test.each([
    ["without a key", {}, "No API key found in request"],
    ["with an empty key", { headers: [["apikey", ""]] }, "No API key found in request"],
    ["with an unknown key", { headers: [["apikey", "x"]] }, "Unauthorized"],
    [
      "with two keys in headers",
      {
        headers: [
          ["apikey", "ada-key"],
          ["apikey", "ada-key"],
        ],
      },
      "Duplicate API key found",
    ],
    ["with two keys in the query", { target: "/t?apikey=a&apikey=b" }, "Duplicate API key found"],
    ["with a key without value", { target: "/t?apikey" }, "No API key found in request"],
  ] as [string, MemoryRequest, string][])("%s is refused", async (_, request, expected) => {
    const { response, sent } = await ask({}, request);
    expect([response.status, message(response), response.headers.get("www-authenticate"), sent]).toEqual([
      401,
      expected,
      "Key",
      undefined,
    ]);
  });

  test("cannot say who it is by itself", async () => {
    const { fields } = await ask(
      {},
      {
        headers: [
          ["apikey", "ada-key"],
          ["X-Consumer-Custom-ID", "evil"],
          ["X-Anonymous-Consumer", "true"],
        ],
      },
    );
    expect([fields.getAll("x-consumer-custom-id"), fields.has("x-anonymous-consumer")]).toEqual([
      ["c-ada"],
      false,
    ]);
  });
});

describe("the configuration", () => {
  test("key_names are tried in order", async () => {
    const config = { key_names: ["first", "second"] };
    expect((await ask(config, { headers: [["second", "ada-key"]] })).response.status).toBe(200);
    expect(
      (
        await ask(config, {
          headers: [
            ["first", "x"],
            ["second", "ada-key"],
          ],
        })
      ).response.status,
    ).toBe(401);
  });

  test("key_in_header and key_in_query switch the places", async () => {
    expect((await ask({ key_in_header: false }, { headers: [["apikey", "ada-key"]] })).response.status).toBe(
      401,
    );
    expect((await ask({ key_in_query: false }, { target: "/t?apikey=ada-key" })).response.status).toBe(401);
    expect((await ask({ key_in_header: false }, { target: "/t?apikey=ada-key" })).response.status).toBe(200);
  });

  test("hide_credentials takes the key out of headers and query", async () => {
    const config = { hide_credentials: true };
    const byHeader = await ask(config, { headers: [["apikey", "ada-key"]], target: "/t?a=1" });
    expect([byHeader.fields.has("apikey"), byHeader.sent!.request.target]).toEqual([false, "/?a=1"]);
    const byQuery = await ask(config, { target: "/t?a=%20&apikey=ada-key&b" });
    expect(byQuery.sent!.request.target).toBe("/?a=%20&b");
  });

  test.each([
    ["a form", "a=1&apikey=ada-key", form, "a=1"],
    ["JSON", '{"apikey":"ada-key","n":[1]}', json, '{"n":[1]}'],
    [
      "multipart",
      '--X\r\nContent-Disposition: form-data; name="apikey"\r\n\r\nada-key\r\n--X\r\nContent-Disposition: form-data; name="b"\r\n\r\nö\r\n--X--\r\n',
      { headers: [["Content-Type", "multipart/form-data; boundary=X"]] as const },
      '--X\r\nContent-Disposition: form-data; name="b"\r\n\r\nö\r\n--X--\r\n',
    ],
  ] as [string, string, MemoryRequest, string][])(
    "key_in_body finds the key in %s and hides it",
    async (_, body, request, rest) => {
      const hidden = await ask(
        { key_in_body: true, hide_credentials: true },
        { method: "POST", body, ...request },
      );
      expect([hidden.response.status, hidden.sent?.body]).toEqual([200, rest]);
      const shown = await ask({ key_in_body: true }, { method: "POST", body, ...request });
      expect(shown.sent?.body).toBe(body);
      expect((await ask({}, { method: "POST", body, ...request })).response.status).toBe(401);
    },
  );

  test.each([["{broken"], ['{"apikey":5}'], ['["apikey"]'], ["null"]])(
    "key_in_body finds nothing in %j",
    async (body) => {
      const { response } = await ask({ key_in_body: true }, { method: "POST", body, ...json });
      expect([response.status, message(response)]).toEqual([401, "No API key found in request"]);
    },
  );

  test("run_on_preflight off lets OPTIONS pass", async () => {
    expect((await ask({ run_on_preflight: false }, { method: "OPTIONS" })).response.status).toBe(200);
    expect((await ask({}, { method: "OPTIONS" })).response.status).toBe(401);
  });

  test("realm is told to refused clients", async () => {
    expect((await ask({ realm: "here" }, {})).response.headers.get("www-authenticate")).toBe(
      'Key realm="here"',
    );
  });

  test("anonymous lets the unknown pass under another name", async () => {
    const { response, fields } = await ask(
      { anonymous: "nobody" },
      { headers: [["X-Credential-Identifier", "evil"]] },
    );
    expect(response.status).toBe(200);
    expect([
      fields.get("x-consumer-username"),
      fields.get("x-anonymous-consumer"),
      fields.has("x-credential-identifier"),
    ]).toEqual(["nobody", "true", false]);
  });

  test("anonymous by id works too; by custom_id or missing it is an error of the gateway", async () => {
    expect((await ask({ anonymous: ada }, {})).fields.get("x-consumer-username")).toBe("ada");
    expect((await ask({ anonymous: "c-ada" }, {})).response.status).toBe(500);
  });
});

test("a key that lived its ttl is unknown", async () => {
  const withTtl = [{ username: "ada", keyauth_credentials: [{ key: "short", ttl: 10 }] }];
  const { client, ports } = gatewayOn(oneRoute([{ name: "key-auth" }], { consumers: withTtl }));
  const request = { target: "/t", headers: [["apikey", "short"]] } as const;
  expect((await client.send(request)).status).toBe(200);
  ports.clock.advance(10_000);
  expect((await client.send(request)).status).toBe(401);
});
