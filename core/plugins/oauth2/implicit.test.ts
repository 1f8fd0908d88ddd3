import { describe, expect, test } from "vitest";
import { authorization, bearer, post, use, world } from "../../../test/support/oauth2.ts";

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
