import { describe, expect, test } from "vitest";
import { oneRoute, type TestGateway } from "../../../testing/index.ts";
import {
  all,
  app,
  bearer,
  byCode,
  type Config,
  clients,
  post,
  use,
  world,
} from "../../../test/support/oauth2.ts";

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
