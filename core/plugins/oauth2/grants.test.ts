import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import {
  ada,
  all,
  app,
  ask,
  authorization,
  bearer,
  byCode,
  codeOf,
  type Config,
  clients,
  consumers,
  form,
  granted,
  machine,
  post,
  tls,
  use,
  user,
  world,
} from "../../../test/support/oauth2.ts";

describe("the authorization code grant", () => {
  test("sends the user back with a code, which buys a token that tells the upstream who it is", async () => {
    const gateway = world();
    const sent = await post(gateway, "authorize", { ...authorization, scope: "read write", state: "s &1" });
    expect([sent.status, sent.headers.get("cache-control"), sent.headers.get("pragma")]).toEqual([
      200,
      "no-store",
      "no-cache",
    ]);
    expect(sent.body["redirect_uri"]).toMatch(
      /^http:\/\/app\.test\/cb\?code=[A-Za-z0-9]{32}&own=1&state=s%20%261$/,
    );
    const told = await post(gateway, "token", {
      ...app,
      grant_type: "authorization_code",
      code: codeOf(sent),
      state: "x",
    });
    expect([told.status, told.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(told.body).toEqual({
      access_token: expect.stringMatching(/^\w{32}$/),
      refresh_token: expect.stringMatching(/^\w{32}$/),
      token_type: "bearer",
      expires_in: 7200,
      state: "x",
    });
    const { response, fields } = await use(gateway, bearer(told.body["access_token"]));
    expect(response.status).toBe(200);
    expect(
      [
        "x-consumer-id",
        "x-consumer-username",
        "x-consumer-custom-id",
        "x-credential-identifier",
        "x-authenticated-scope",
        "x-authenticated-userid",
      ].map((name) => fields.get(name)),
    ).toEqual([ada, "ada", "c-ada", "app", "read write", "u-1"]);
  });

  test("a code buys one token, however many ask at once", async () => {
    const gateway = world();
    const code = await granted(gateway);
    const buy = () => post(gateway, "token", { ...app, grant_type: "authorization_code", code });
    const statuses = (await Promise.all([buy(), buy(), buy()])).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 400, 400]);
    expect((await buy()).body).toEqual({ error: "invalid_request", error_description: "Invalid code" });
  });

  test("a code is good for 300 seconds", async () => {
    const gateway = world();
    const code = await granted(gateway);
    gateway.clock.advance(301_000);
    const late = await post(gateway, "token", { ...app, grant_type: "authorization_code", code });
    expect([late.status, late.body["error_description"]]).toEqual([400, "Invalid code"]);
  });

  test("a code is good for the client that it was given to only", async () => {
    const gateway = world();
    const code = await granted(gateway);
    const other = { client_id: "other", client_secret: "s", grant_type: "authorization_code", code };
    expect((await post(gateway, "token", other)).body["error_description"]).toBe("Invalid code");
  });
});

describe("what /oauth2/authorize refuses", () => {
  const wrongUri =
    "Invalid redirect_uri that does not match with any redirect_uri created with the application";
  test.each<[string, Config, unknown]>([
    ["a wrong provision key", { provision_key: "x" }, ["invalid_provision_key", "Invalid provision_key"]],
    [
      "no user",
      { authenticated_userid: " " },
      ["invalid_authenticated_userid", "Missing authenticated_userid parameter"],
    ],
    ["an unknown client", { client_id: "x" }, ["invalid_client", "Invalid client authentication"]],
    [
      "a client without redirect URIs",
      { client_id: "machine" },
      ["invalid_client", "Invalid client authentication"],
    ],
    ["another response type", { response_type: "x" }, "unsupported_response_type Invalid response_type"],
    ["an unknown scope", { scope: "read all" }, 'invalid_scope "all" is an invalid scope'],
    ["a foreign redirect URI", { redirect_uri: "http://evil.test/" }, `invalid_request ${wrongUri}`],
    [
      "a method without challenge",
      { code_challenge_method: "S256" },
      "invalid_request code_challenge is required when code_method is present",
    ],
    [
      "a plain challenge",
      { code_challenge: "x", code_challenge_method: "plain" },
      "invalid_request code_challenge_method is not supported, must be S256",
    ],
  ])("%s", async (_, fields, expected) => {
    const { status, body } = await post(world(), "authorize", { ...authorization, ...fields });
    expect(status).toBe(400);
    if (Array.isArray(expected)) {
      const [error, description] = expected as [string, string];
      expect(body).toEqual({ error, error_description: description });
      return;
    }
    const url = new URL(String(body["redirect_uri"]));
    const told = `${url.searchParams.get("error")} ${url.searchParams.get("error_description")}`;
    expect([told, url.searchParams.get("own"), url.host]).toEqual([expected, "1", "app.test"]);
  });

  test("errors are escaped as Kong escapes them", async () => {
    const { body } = await post(world({ mandatory_scope: true }), "authorize", {
      ...authorization,
      client_id: "other",
    });
    expect(body["redirect_uri"]).toBe(
      "http://other.test/?error=invalid_scope&error_description=You%20must%20specify%20a%20scope",
    );
  });
});

describe("the implicit grant", () => {
  test("hands the token over in the fragment, without a refresh token", async () => {
    const gateway = world();
    const { status, body } = await post(gateway, "authorize", { ...authorization, response_type: "token" });
    expect(status).toBe(200);
    const url = new URL(String(body["redirect_uri"]));
    const told = new URLSearchParams(url.hash.slice(1));
    expect([...told.keys()]).toEqual(["access_token", "expires_in", "token_type"]);
    expect((await use(gateway, bearer(told.get("access_token")))).response.status).toBe(200);
  });

  test("is refused where it is off", async () => {
    const { body } = await post(world({ enable_implicit_grant: false }), "authorize", {
      ...authorization,
      response_type: "token",
    });
    expect(String(body["redirect_uri"])).toContain("error=unsupported_response_type");
  });
});

describe("the client credentials grant", () => {
  test("gives a token to a client without redirect URIs, and no refresh token", async () => {
    const gateway = world();
    const { status, body } = await post(gateway, "token", { ...machine, scope: "read" });
    expect([status, Object.keys(body).sort()]).toEqual([200, ["access_token", "expires_in", "token_type"]]);
    const { fields } = await use(gateway, bearer(body["access_token"]));
    expect([fields.get("x-authenticated-scope"), fields.has("x-authenticated-userid")]).toEqual([
      "read",
      false,
    ]);
  });

  test("asks for the provision key when it is for a user", async () => {
    const gateway = world();
    const wrong = await post(gateway, "token", { ...machine, authenticated_userid: "u" });
    expect(wrong.body["error"]).toBe("invalid_provision_key");
    const right = await post(gateway, "token", { ...machine, ...user });
    expect(
      (await use(gateway, bearer(right.body["access_token"]))).fields.get("x-authenticated-userid"),
    ).toBe("u-1");
  });

  test("takes the client's identity from the Authorization header, colons in the secret included", async () => {
    const basic = (text: string) => [...form.headers, ["Authorization", `Basic ${btoa(text)}`] as const];
    const grant = { grant_type: "client_credentials" };
    const right = await post(world(), "token", grant, { headers: basic("machine:m:x") });
    expect(right.status).toBe(200);
    const wrong = await post(world(), "token", grant, { headers: basic("machine:no") });
    expect([wrong.status, wrong.body["error"], wrong.headers.get("www-authenticate")]).toEqual([
      401,
      "invalid_client",
      'Basic realm="OAuth2.0"',
    ]);
  });

  test("reads JSON, and arguments of the query behind those of the body", async () => {
    const headers = [["Content-Type", "application/json"]] as const;
    const rest = { headers, body: JSON.stringify(machine), target: "/t/oauth2/token/?grant_type=password" };
    expect((await post(world(), "token", {}, rest)).status).toBe(200);
  });

  test("is refused where it is off, and to those who don't know the secret", async () => {
    const off = await post(world({ enable_client_credentials: false }), "token", machine);
    expect(off.body).toEqual({ error: "unsupported_grant_type", error_description: "Invalid grant_type" });
    const wrong = await post(world(), "token", { ...machine, client_secret: "x" });
    expect([wrong.status, wrong.body["error"]]).toEqual([400, "invalid_client"]);
    const unknown = await post(world(), "token", { ...machine, client_id: "x" });
    expect([unknown.status, unknown.body["error"]]).toEqual([400, "invalid_client"]);
  });
});

describe("the password grant", () => {
  const grant = { ...app, ...user, grant_type: "password" };

  test("gives a token with a refresh token", async () => {
    const { status, body } = await post(world(), "token", grant);
    expect([status, body["refresh_token"]]).toEqual([200, expect.any(String)]);
  });

  test.each<[string, Config, Config, string]>([
    ["without the provision key", {}, { provision_key: "x" }, "invalid_provision_key"],
    ["without a user", {}, { authenticated_userid: "" }, "invalid_authenticated_userid"],
    ["where it is off", { enable_password_grant: false }, {}, "unsupported_grant_type"],
    ["with a foreign redirect URI", {}, { redirect_uri: "http://evil.test" }, "invalid_request"],
    ["with an unknown scope", {}, { scope: "x" }, "invalid_scope"],
    ["without a scope where one has to be", { mandatory_scope: true }, {}, "invalid_scope"],
  ])("is refused %s", async (_, config, fields, error) => {
    const { status, body } = await post(world(config), "token", { ...grant, ...fields });
    expect([status, body["error"]]).toEqual([400, error]);
  });
});

describe("a refresh token", () => {
  const refresh = (gateway: TestGateway, token: unknown, more: Config = {}) =>
    post(gateway, "token", { ...app, grant_type: "refresh_token", refresh_token: token, ...more });

  test("buys a new pair once; the old pair is gone", async () => {
    const gateway = world();
    const { body: old } = await byCode(gateway, { scope: "read" });
    const renewed = await refresh(gateway, old["refresh_token"]);
    expect(renewed.status).toBe(200);
    expect(renewed.body["refresh_token"]).not.toBe(old["refresh_token"]);
    expect((await use(gateway, bearer(old["access_token"]))).response.status).toBe(401);
    const { fields } = await use(gateway, bearer(renewed.body["access_token"]));
    expect([fields.get("x-authenticated-scope"), fields.get("x-authenticated-userid")]).toEqual([
      "read",
      "u-1",
    ]);
    const again = await refresh(gateway, old["refresh_token"]);
    expect([again.status, again.body["error_description"]]).toEqual([400, "Invalid refresh_token"]);
  });

  test("stays with reuse_refresh_token, and the token's time begins anew", async () => {
    const gateway = world({ reuse_refresh_token: true });
    const { body: old } = await byCode(gateway);
    gateway.clock.advance(7_000_000);
    const { body: renewed } = await refresh(gateway, old["refresh_token"]);
    expect(renewed["refresh_token"]).toBe(old["refresh_token"]);
    expect(renewed["access_token"]).not.toBe(old["access_token"]);
    gateway.clock.advance(7_000_000);
    expect((await use(gateway, bearer(renewed["access_token"]))).response.status).toBe(200);
    expect((await use(gateway, bearer(old["access_token"]))).response.status).toBe(401);
  });

  test("ends after refresh_token_ttl", async () => {
    const gateway = world({ refresh_token_ttl: 8_000 });
    const { body } = await byCode(gateway);
    gateway.clock.advance(8_001_000);
    expect((await refresh(gateway, body["refresh_token"])).body["error_description"]).toBe(
      "Invalid refresh_token",
    );
  });

  test("belongs to its client", async () => {
    const gateway = world();
    const { body } = await byCode(gateway);
    const other = await refresh(gateway, body["refresh_token"], { client_id: "other", client_secret: "s" });
    expect(other.body["error"]).toBe("invalid_client");
  });

  test("is refused when its scopes are no longer given", async () => {
    const gateway = world();
    const { body } = await byCode(gateway, { scope: "write" });
    const config = { ...all, scopes: ["read"], global_credentials: true };
    const plugins = [{ name: "oauth2", config }];
    const kept = await gateway.records.find("oauth2_tokens", "access_token", String(body["access_token"]));
    const { service: _service, credential, ...token } = kept!;
    const app = { ...clients[0], id: (credential as { id: string }).id, oauth2_tokens: [token] };
    const held = [{ username: "ada", oauth2_credentials: [app] }];
    gateway.configure(oneRoute(plugins, { consumers: held }));
    expect((await refresh(gateway, body["refresh_token"])).body).toEqual({
      error: "invalid_scope",
      error_description: "Scope mismatch",
    });
  });
});

describe("PKCE", () => {
  const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  const phone = { ...authorization, client_id: "phone" };
  const buy = (gateway: TestGateway, code: string, more: Config) =>
    post(gateway, "token", { client_id: "phone", grant_type: "authorization_code", code, ...more });

  test("proves the possession of a code (RFC 7636, appendix B)", async () => {
    const gateway = world();
    const ask = { ...phone, code_challenge: challenge, code_challenge_method: "S256" };
    const code = codeOf(await post(gateway, "authorize", ask));
    const described = async (more: Config) =>
      (await buy(gateway, code, more)).body["error_description"] ?? "none";
    expect(await described({})).toBe("code_verifier is required for PKCE authorization requests");
    expect(await described({ code_verifier: "short" })).toBe(
      "code_verifier must be between 43 and 128 characters",
    );
    expect(await described({ code_verifier: verifier.replace("d", "e") })).toBe("Invalid code");
    expect(await described({ code_verifier: verifier })).toBe("none");
  });

  test.each([
    ["lax", "phone", "code_challenge is required for public clients"],
    ["strict", "app", "code_challenge is required for confidential clients"],
    ["lax", "app", null],
    ["none", "phone", null],
  ])("%s asks the client %s for it: %s", async (pkce, client, expected) => {
    const { body } = await post(world({ pkce }), "authorize", { ...authorization, client_id: client });
    const found = /error_description=([^&]*)/.exec(String(body["redirect_uri"]));
    expect(found && decodeURIComponent(found[1]!)).toBe(expected);
  });

  test("a public client shows no secret", async () => {
    const { body } = await buy(world(), "x", { client_secret: "x" });
    expect(body["error_description"]).toBe("client_secret is disallowed for public clients");
  });
});

describe("the endpoints", () => {
  test.each([
    ["token", "token"],
    ["authorize", "authorization"],
  ])("/oauth2/%s takes POST only", async (endpoint, told) => {
    const refused = await ask(world({ realm: "here" }), { ...tls, target: `/t/oauth2/${endpoint}` });
    const why = `The HTTP method GET is invalid for the ${told} endpoint`;
    expect([refused.status, refused.body, refused.headers.get("www-authenticate")]).toEqual([
      405,
      { error: "invalid_method", error_description: why },
      `Bearer realm="here" error="invalid_method" error_description="${why}"`,
    ]);
  });

  const insecure = (gateway: TestGateway, proto: string[]) =>
    post(gateway, "token", machine, {
      connection: {},
      headers: [...form.headers, ...proto.map((one) => ["X-Forwarded-Proto", one] as const)],
    });
  test("ask for HTTPS", async () => {
    expect((await insecure(world(), ["https"])).body).toEqual({
      error: "access_denied",
      error_description: "You must use HTTPS",
    });
  });

  test("believe trusted peers where accept_http_if_already_terminated is set", async () => {
    const config = { ...all, accept_http_if_already_terminated: true };
    const document = oneRoute([{ name: "oauth2", config }], { consumers });
    const trusting = gatewayOn(document, { proxy: { isTrusted: () => true } });
    const told = async (proto: string[]) => (await insecure(trusting, proto)).body["error_description"];
    expect(await told(["HTTPS"])).toBeUndefined();
    expect(await told(["http"])).toBe("You must use HTTPS");
    expect(await told([])).toBe("You must use HTTPS");
    expect(await told(["https", "https"])).toBe("Only one X-Forwarded-Proto header allowed");
    expect((await insecure(gatewayOn(document), ["https"])).body["error"]).toBe("access_denied");
  });

  test("issue nothing where nothing can be written", async () => {
    const document = oneRoute([{ name: "oauth2", config: all }], { consumers });
    const gateway = gatewayOn(document, { ports: { records: undefined } });
    expect(
      (
        await gateway.client.send({
          ...tls,
          target: "/t/oauth2/token",
          method: "POST",
          ...form,
          body: new URLSearchParams(machine).toString(),
        })
      ).status,
    ).toBe(500);
  });
});
