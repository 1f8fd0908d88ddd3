import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import { memoryPorts, type MemoryRequest } from "../../../adapters/memory/index.ts";
import { autoSource, derivingSource } from "../../index.ts";
import {
  all,
  app,
  authorization,
  bearer,
  byCode,
  codeOf,
  type Config,
  consumers,
  form,
  machine,
  post,
  use,
  user,
  world,
} from "../../../test/support/oauth2.ts";
import { hashSecret } from "./secret.ts";

describe("a hashed secret", () => {
  const grant = { client_id: "safe", grant_type: "password", ...user };
  const safe = {
    name: "safe",
    client_id: "safe",
    client_secret: "plain",
    hash_secret: true,
    redirect_uris: ["http://app.test/"],
  };
  const owned = (credential: Config) => ({
    consumers: [{ username: "ada", oauth2_credentials: [credential] }],
  });

  test("is proven by the plain one", async () => {
    const gateway = world({}, owned(safe));
    expect((await post(gateway, "token", { ...grant, client_secret: "plain" })).status).toBe(200);
    expect((await post(gateway, "token", { ...grant, client_secret: "other" })).status).toBe(400);
    const row = await gateway.records.find("oauth2_credentials", "client_id", "safe");
    expect(row?.["client_secret"]).toMatch(/^\$pbkdf2-sha512\$i=10000,l=32\$[\w+/]{22}\$[\w+/]{43}$/);
  });

  test("of other settings is hashed anew when its owner shows it", async () => {
    const weak = "$pbkdf2-sha512$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$";
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode("plain"), "PBKDF2", false, [
      "deriveBits",
    ]);
    const salt = new TextEncoder().encode("saltsaltsaltsalt");
    const bits = await crypto.subtle.deriveBits(
      { name: "PBKDF2", hash: "SHA-512", salt, iterations: 1_000 },
      key,
      256,
    );
    const kept = weak + btoa(String.fromCharCode(...new Uint8Array(bits))).replace("=", "");
    const gateway = world({}, { _transform: false, ...owned({ ...safe, client_secret: kept }) });
    expect((await post(gateway, "token", { ...grant, client_secret: "plain" })).status).toBe(200);
    const row = await gateway.records.find("oauth2_credentials", "client_id", "safe");
    expect(row?.["client_secret"]).toMatch(/^\$pbkdf2-sha512\$i=10000,l=32\$/);
    expect((await post(gateway, "token", { ...grant, client_secret: "plain" })).status).toBe(200);
  });

  test("has the form of Kong's, whether one can wait for it or not", async () => {
    // Made by OpenSSL: PBKDF2, SHA-512, 10,000 rounds.
    const hash =
      "$pbkdf2-sha512$i=10000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$ebPqN70X5/AdIWJo8ec3rzQkd6IriVa6WwMRxcAuq1M";
    const given = ["hello", "0123456789abcdef-and-more"] as const;
    expect(hashSecret(...given)).toBe(hash);
    const ports = memoryPorts();
    const { derive } = derivingSource(autoSource(ports.clock, ports.random), ports.subtle);
    const later = hashSecret(...given, derive);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(hash);
  });
});

describe("a request", () => {
  const told = async (gateway: TestGateway, request: MemoryRequest) => {
    const { response } = await use(gateway, request);
    return [response.status, JSON.parse(response.body) as unknown, response.headers.get("www-authenticate")];
  };
  const why = "The access token is invalid or has expired";
  const invalid = { error: "invalid_token", error_description: why };
  const missing = { error: "invalid_request", error_description: "The access token is missing" };

  test("without a token or with a wrong one is refused", async () => {
    expect(await told(world(), {})).toEqual([401, missing, "Bearer"]);
    expect(await told(world({ realm: "here" }), {})).toEqual([401, missing, 'Bearer realm="here"']);
    const field = `Bearer realm="here" error="invalid_token" error_description="${why}"`;
    expect(await told(world({ realm: "here" }), bearer("x"))).toEqual([401, invalid, field]);
  });

  test("may carry the token in many places", async () => {
    const gateway = world({ auth_header_name: "x-token" });
    const { body } = await post(gateway, "token", machine);
    const token = String(body["access_token"]);
    const places: MemoryRequest[] = [
      { headers: [["X-Token", `bearer ${token}`]] },
      { headers: [["X-Token", `TOKEN ${token}`]] },
      { headers: [["X-Token", token]] },
      { target: `/t?access_token=${token}` },
      { ...form, method: "POST", body: `access_token=${token}` },
    ];
    for (const place of places) expect((await use(gateway, place)).response.status).toBe(200);
    expect((await use(gateway, bearer(token))).response.status).toBe(401);
  });

  test("hide_credentials keeps the token from the upstream, wherever it stood", async () => {
    const gateway = world({ hide_credentials: true });
    const token = String((await post(gateway, "token", machine)).body["access_token"]);
    expect((await use(gateway, bearer(token))).fields.has("authorization")).toBe(false);
    const raw = await use(gateway, { headers: [["Authorization", token]] });
    expect(raw.fields.has("authorization")).toBe(false);
    const query = await use(gateway, { target: `/t?a=1&access_token=${token}` });
    expect(query.sent?.request.target).toBe("/?a=1");
    const body = await use(gateway, { ...form, method: "POST", body: `a=1&access_token=${token}` });
    expect(body.sent?.body).toBe("a=1");
    const shown = world();
    const other = String((await post(shown, "token", machine)).body["access_token"]);
    expect((await use(shown, bearer(other))).fields.get("authorization")).toBe(`Bearer ${other}`);
  });

  test("is refused when the token's time is over; a token without end has no refresh token", async () => {
    const gateway = world({ token_expiration: 10 });
    const { body } = await byCode(gateway);
    expect(body["expires_in"]).toBe(10);
    gateway.clock.advance(10_000);
    expect((await use(gateway, bearer(body["access_token"]))).response.status).toBe(200);
    gateway.clock.advance(2_000);
    expect((await told(gateway, bearer(body["access_token"])))[1]).toEqual(invalid);
    const endless = world({ token_expiration: 0 });
    const { body: forever } = await byCode(endless);
    expect(Object.keys(forever).sort()).toEqual(["access_token", "token_type"]);
    endless.clock.advance(1e12);
    expect((await use(endless, bearer(forever["access_token"]))).response.status).toBe(200);
  });

  test("cannot say by itself for whom it comes", async () => {
    const gateway = world();
    const { body } = await post(gateway, "token", machine);
    const { fields } = await use(gateway, {
      headers: [...bearer(body["access_token"]).headers!, ["X-Authenticated-UserId", "evil"]],
    });
    expect(fields.has("x-authenticated-userid")).toBe(false);
  });

  test("anonymous lets the unknown pass under another name", async () => {
    const { response, fields } = await use(world({ anonymous: "nobody" }), {
      headers: [["X-Authenticated-Scope", "evil"]],
    });
    expect([
      response.status,
      fields.get("x-consumer-username"),
      fields.get("x-anonymous-consumer"),
      fields.has("x-authenticated-scope"),
    ]).toEqual([200, "nobody", "true", false]);
  });
});

describe("tokens", () => {
  const two = (first: Config, second: Config) => {
    const service = (name: string, config: Config) => ({
      name,
      url: "http://upstream.test",
      routes: [{ paths: [`/${name}`], plugins: [{ name: "oauth2", config: { ...all, ...config } }] }],
    });
    return gatewayOn({ services: [service("a", first), service("b", second)], consumers });
  };
  const tokenAt = async (gateway: TestGateway, name: string) =>
    (await post(gateway, "token", machine, { target: `/${name}/oauth2/token` })).body["access_token"];
  const at = (gateway: TestGateway, name: string, token: unknown) =>
    gateway.client.send({ target: `/${name}`, ...bearer(token) });

  test("are good for the service that they were made at", async () => {
    const gateway = two({}, {});
    const token = await tokenAt(gateway, "a");
    expect((await at(gateway, "a", token)).status).toBe(200);
    expect((await at(gateway, "b", token)).status).toBe(401);
  });

  test("with global_credentials they are good wherever that is set", async () => {
    const gateway = two({ global_credentials: true }, { global_credentials: true });
    expect((await at(gateway, "b", await tokenAt(gateway, "a"))).status).toBe(200);
    const half = two({ global_credentials: true }, {});
    const refused = await at(half, "b", await tokenAt(half, "a"));
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      401,
      {
        error: "invalid_token",
        error_description:
          "The access token is global, but the current plugin is configured without 'global_credentials'",
      },
    ]);
  });

  test("a global code is good at the plugin that gave it only", async () => {
    const gateway = two({ global_credentials: true }, { global_credentials: true });
    const sent = await post(gateway, "authorize", authorization, { target: "/a/oauth2/authorize" });
    const grant = { ...app, grant_type: "authorization_code", code: codeOf(sent) };
    const elsewhere = await post(gateway, "token", grant, { target: "/b/oauth2/token" });
    expect(elsewhere.body["error_description"]).toBe("Invalid code");
    expect((await post(gateway, "token", grant, { target: "/a/oauth2/token" })).status).toBe(200);
  });

  test("of a document are good without a database", async () => {
    const token = { access_token: "known", expires_in: 60 };
    const owner = { username: "ada", oauth2_credentials: [{ name: "a", oauth2_tokens: [token] }] };
    const config = { ...all, global_credentials: true };
    const document = oneRoute([{ name: "oauth2", config }], { consumers: [owner] });
    const gateway = gatewayOn(document, { ports: { records: undefined } });
    expect((await use(gateway, bearer("known"))).response.status).toBe(200);
    expect((await use(gateway, bearer("unknown"))).response.status).toBe(401);
  });

  test("that another node made are found before this one is told", async () => {
    const gateway = world();
    const { body } = await post(gateway, "token", machine);
    const kept = await gateway.records.find("oauth2_tokens", "access_token", String(body["access_token"]));
    // The gateway forgets what it was told.
    gateway.gateway.prepareChanges([{ table: "oauth2_tokens", id: kept!.id, row: undefined }])();
    expect((await use(gateway, bearer(body["access_token"]))).response.status).toBe(200);
  });
});
