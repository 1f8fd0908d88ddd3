import { describe, expect, test } from "vitest";
import { type TestGateway } from "../../../testing/index.ts";
import {
  ada,
  app,
  authorization,
  bearer,
  codeOf,
  type Config,
  granted,
  post,
  use,
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
