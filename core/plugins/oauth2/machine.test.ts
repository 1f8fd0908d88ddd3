import { describe, expect, test } from "vitest";
import { bearer, form, machine, post, use, user, world } from "../../../test/support/oauth2.ts";

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
