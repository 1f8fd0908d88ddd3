import { describe, expect, test } from "vitest";
import { app, type Config, post, user, world } from "../../../test/support/oauth2.ts";

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
