import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

const nowSeconds = 1_700_000_000;
const text = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
const encode = (value: unknown): string => text(new TextEncoder().encode(JSON.stringify(value)));

const sign = async (
  claims: unknown,
  header: Record<string, unknown> = {},
  secret = "s3cret",
): Promise<string> => {
  const signed = `${encode({ alg: "HS256", ...header })}.${encode(claims)}`;
  const raw = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `${signed}.${text(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(signed)))}`;
};

const consumers = [
  {
    username: "ada",
    jwt_secrets: [
      { key: "k", secret: "s3cret" },
      { key: "k512", secret: "s3cret", algorithm: "HS512" },
    ],
  },
  { username: "nobody" },
];
const ask = async (config: Record<string, unknown>, request: MemoryRequest) => {
  const { client, ports } = gatewayOn(oneRoute([{ name: "jwt", config }], { consumers }));
  const { status, headers, body } = await client.send({ target: "/t", ...request });
  const fields = new HeaderList(ports.transport.sent[0]?.request.headers);
  return { status, body, challenge: headers.get("www-authenticate"), fields };
};
const bearer = (token: string): MemoryRequest => ({ headers: [["Authorization", `Bearer ${token}`]] });

describe("a request", () => {
  test("with a token passes, and the upstream learns whose it is", async () => {
    const { status, fields } = await ask({}, bearer(await sign({ iss: "k" })));
    expect([status, fields.get("x-consumer-username"), fields.get("x-credential-identifier")]).toEqual([
      200,
      "ada",
      "k",
    ]);
  });

  test("may carry it in the query, a cookie or another header; two that differ are refused", async () => {
    const token = await sign({ iss: "k" });
    const config = { uri_param_names: ["t"], cookie_names: ["c"], header_names: ["x-t"] };
    const places: MemoryRequest[] = [
      { target: `/t?t=${token}` },
      { headers: [["Cookie", `a=b; c=${token}`]] },
      { headers: [["X-T", `bearer ${token}`]] },
      { target: `/t?t=${token}`, headers: [["X-T", `Bearer ${token}`]] },
    ];
    for (const place of places) expect((await ask(config, place)).status).toBe(200);
    const two = await ask(config, { target: `/t?t=${token}&t=other` });
    expect([two.status, two.body]).toEqual([401, '{"message":"Multiple tokens provided"}']);
  });

  test("may name its key in the header", async () => {
    expect((await ask({ key_claim_name: "kid" }, bearer(await sign({}, { kid: "k" })))).status).toBe(200);
  });

  test.each([
    ["Unauthorized", {}],
    ["Bad token; invalid JSON", bearer("a.b.c")],
    ["Bad token; invalid JSON", bearer(`${encode({ alg: "HS256" })}.${encode({ iss: "k" })}`)],
    ["Bad token; invalid alg", bearer(`${encode({})}.${encode({ iss: "k" })}.AAAA`)],
    ["No mandatory 'iss' in claims", async () => bearer(await sign({}))],
    ["Invalid 'iss' in claims", async () => bearer(await sign({ iss: 5 }))],
    ["No credentials found for given 'iss'", async () => bearer(await sign({ iss: "x" }))],
    ["Invalid algorithm", async () => bearer(await sign({ iss: "k512" }))],
    ["Invalid algorithm", bearer(`${encode({ alg: "none" })}.${encode({ iss: "k" })}.AAAA`)],
    ["Invalid signature", async () => bearer(await sign({ iss: "k" }, {}, "other"))],
  ] as [string, MemoryRequest | (() => Promise<MemoryRequest>)][])(
    "is refused: %s",
    async (message, request) => {
      const { status, body, challenge } = await ask(
        { realm: "r" },
        typeof request === "function" ? await request() : request,
      );
      expect([status, JSON.parse(body)]).toEqual([401, { message }]);
      expect(challenge).toBe(
        message === "Unauthorized" ? 'Bearer realm="r"' : 'Bearer realm="r" error="invalid_token"',
      );
    },
  );

  test("without a token passes as the anonymous consumer, preflights when configured so", async () => {
    expect((await ask({ anonymous: "nobody" }, {})).fields.get("x-consumer-username")).toBe("nobody");
    expect((await ask({}, { method: "OPTIONS" })).status).toBe(401);
    expect((await ask({ run_on_preflight: false }, { method: "OPTIONS" })).status).toBe(200);
  });
});

describe("times", () => {
  const config = { claims_to_verify: ["exp", "nbf"] };
  test.each([
    [{ exp: nowSeconds + 1, nbf: nowSeconds }, undefined],
    [{ exp: nowSeconds, nbf: nowSeconds }, { exp: "token expired" }],
    [{ exp: nowSeconds + 1, nbf: nowSeconds + 1 }, { nbf: "token not valid yet" }],
    [{ exp: "x" }, { exp: "must be a number", nbf: "must be a number" }],
  ])("%j", async (claims, problems) => {
    const { status, body } = await ask(config, bearer(await sign({ iss: "k", ...claims })));
    expect(status === 200 ? undefined : JSON.parse(body)).toEqual(problems);
  });

  test("may not lie too far in the future", async () => {
    const limited = { claims_to_verify: ["exp"], maximum_expiration: 300 };
    expect((await ask(limited, bearer(await sign({ iss: "k", exp: nowSeconds + 300 })))).status).toBe(200);
    const { body } = await ask(limited, bearer(await sign({ iss: "k", exp: nowSeconds + 301 })));
    expect(JSON.parse(body)).toEqual({ exp: "exceeds maximum allowed expiration" });
  });
});

test.each([
  [true, 200],
  [false, 401],
])("secrets are base64 with secret_is_base64: %s", async (secret_is_base64, status) => {
  const encoded = [{ username: "ada", jwt_secrets: [{ key: "k", secret: btoa("s3cret") }] }];
  const { client } = gatewayOn(
    oneRoute([{ name: "jwt", config: { secret_is_base64 } }], { consumers: encoded }),
  );
  const token = await sign({ iss: "k" });
  expect((await client.send({ target: "/t", headers: [["Authorization", `Bearer ${token}`]] })).status).toBe(
    status,
  );
});
