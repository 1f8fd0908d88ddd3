import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

// The clock of tests: 2023-11-14T22:13:20Z.
const date = "Tue, 14 Nov 2023 22:13:20 GMT";
const consumers = [
  { username: "ada", hmacauth_credentials: [{ username: "ada", secret: "s3cret" }] },
  { username: "nobody" },
];
const bytesOf = (text: string) => new TextEncoder().encode(text);
const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

const sign = async (
  text: string,
  headers: string,
  { hash = "256", secret = "s3cret", username = "ada" } = {},
): Promise<string> => {
  const key = await crypto.subtle.importKey(
    "raw",
    bytesOf(secret),
    { name: "HMAC", hash: `SHA-${hash}` },
    false,
    ["sign"],
  );
  const signature = base64(await crypto.subtle.sign("HMAC", key, bytesOf(text)));
  return `hmac username="${username}", algorithm="hmac-sha${hash}", headers="${headers}", signature="${signature}"`;
};
const ask = async (
  config: Record<string, unknown>,
  authorization: string | undefined,
  request: MemoryRequest = {},
) => {
  const { client, ports } = gatewayOn(oneRoute([{ name: "hmac-auth", config }], { consumers }));
  const headers: [string, string][] = [["Date", date], ...((request.headers ?? []) as [string, string][])];
  if (authorization !== undefined) headers.push(["Authorization", authorization]);
  const answer = await client.send({ target: "/t?a=1", ...request, headers });
  const message =
    answer.status === 401 ? (JSON.parse(answer.body) as { message: string }).message : undefined;
  const fields = new HeaderList(ports.transport.sent[0]?.request.headers);
  return { status: answer.status, message, challenge: answer.headers.get("www-authenticate"), fields };
};
const lines = `date: ${date}\nGET /t?a=1 HTTP/1.1`;
const unverified = "HMAC signature cannot be verified";

describe("a request", () => {
  test.each(["1", "256", "384", "512"])("signed with SHA-%s passes", async (hash) => {
    const { status, fields } = await ask({}, await sign(lines, "date request-line", { hash }));
    expect([status, fields.get("x-consumer-username"), fields.get("x-credential-identifier")]).toEqual([
      200,
      "ada",
      "ada",
    ]);
  });

  test("may sign a field with letters beyond ASCII, by its bytes", async () => {
    const value = String.fromCharCode(...bytesOf("ü"));
    const authorization = await sign("x-name: ü", "x-name");
    expect((await ask({}, authorization, { headers: [["X-Name", value]] })).status).toBe(200);
  });

  test("may sign other lines: the target, a missing header", async () => {
    const text = "@request-target: get /t?a=1\nx-none:";
    expect((await ask({}, await sign(text, "@request-target x-none"))).status).toBe(200);
  });

  test.each([
    ["nothing", async () => undefined, "Unauthorized"],
    ["another form", async () => "hmac nonsense", unverified],
    ["an unknown name", () => sign(lines, "date request-line", { username: "eve" }), unverified],
    [
      "another secret",
      () => sign(lines, "date request-line", { secret: "x" }),
      "HMAC signature does not match",
    ],
    ["another text", () => sign(`${lines}x`, "date request-line"), "HMAC signature does not match"],
  ] as [string, () => Promise<string | undefined>, string][])(
    "with %s is refused",
    async (_, make, message) => {
      expect(await ask({ realm: "r" }, await make())).toMatchObject({
        status: 401,
        message,
        challenge: 'hmac realm="r"',
      });
    },
  );

  test("too old or too new is refused; X-Date counts before Date", async () => {
    const authorization = await sign("x:", "x");
    const old: MemoryRequest = { headers: [["X-Date", "Tue, 14 Nov 2023 22:08:19 GMT"]] };
    expect((await ask({}, authorization, old)).message).toContain(
      "a valid date or x-date header is required",
    );
    expect((await ask({ clock_skew: 301 }, authorization, old)).status).toBe(200);
  });

  test("has to sign what is enforced, with an allowed algorithm", async () => {
    const config = { enforce_headers: ["request-line"], algorithms: ["hmac-sha512"] };
    expect((await ask(config, await sign(`date: ${date}`, "date", { hash: "512" }))).message).toBe(
      unverified,
    );
    expect((await ask(config, await sign(lines, "date request-line"))).message).toBe(unverified);
    expect((await ask(config, await sign(lines, "date request-line", { hash: "512" }))).status).toBe(200);
  });

  test("'s body has to fit its digest, when that is asked", async () => {
    const authorization = await sign(`date: ${date}`, "date");
    const digest = `SHA-256=${base64(await crypto.subtle.digest("SHA-256", bytesOf("body")))}`;
    const config = { validate_request_body: true };
    const post = (value: string): MemoryRequest => ({
      method: "POST",
      body: "body",
      headers: [["Digest", value]],
    });
    expect((await ask(config, authorization, post(digest))).status).toBe(200);
    expect((await ask(config, authorization, post("SHA-256=x"))).message).toBe(
      "HMAC signature does not match",
    );
    expect((await ask(config, authorization, { method: "POST", body: "body" })).status).toBe(401);
    expect((await ask(config, authorization)).status).toBe(200);
  });

  test("loses its credentials with hide_credentials; without any it may be anonymous", async () => {
    const { fields } = await ask({ hide_credentials: true }, await sign(lines, "date request-line"));
    expect(fields.has("authorization")).toBe(false);
    expect((await ask({ anonymous: "nobody" }, undefined)).fields.get("x-consumer-username")).toBe("nobody");
  });
});
