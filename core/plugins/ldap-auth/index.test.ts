import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import type { Ldap, LdapServer } from "../../ports/ldap.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

/** A directory that knows one user, and remembers who asked. */
class OneUser implements Ldap {
  readonly asked: { server: LdapServer; dn: string; password: string }[] = [];
  isDown = false;

  async bind(server: LdapServer, dn: string, password: string): Promise<boolean> {
    this.asked.push({ server, dn, password });
    if (this.isDown) throw new Error("down");
    return dn === "uid=ada,dc=x" && password === "open:sesame";
  }
}

const required = { ldap_host: "l.test", base_dn: "dc=x", attribute: "uid" };
const world = (config: Record<string, unknown> = {}) => {
  const ldap = new OneUser();
  const plugins = [{ name: "ldap-auth", config: { ...required, ...config } }];
  const gateway = gatewayOn(oneRoute(plugins, { consumers: [{ username: "nobody" }] }), { ports: { ldap } });
  const ask = async (request: MemoryRequest = {}) => {
    const response = await gateway.client.send({ target: "/t", ...request });
    const sent = gateway.upstream.sent.at(-1);
    const { exchange } = { exchange: gateway.finished.at(-1)! };
    return { response, exchange, fields: new HeaderList(sent?.request.headers) };
  };
  return { ldap, ask, clock: gateway.clock };
};
const field = (text: string, scheme = "LDAP", name = "Authorization"): MemoryRequest => ({
  headers: [[name, `${scheme} ${btoa(text)}`]],
});
const right = "ada:open:sesame";

describe("a request", () => {
  test("with a name and password that the directory knows passes, and the upstream learns the name", async () => {
    const { ask, ldap } = world();
    const { response, fields, exchange } = await ask(field(right));
    expect([response.status, fields.get("x-credential-identifier"), fields.has("x-consumer-id")]).toEqual([
      200,
      "ada",
      false,
    ]);
    expect(exchange.credential).toEqual({
      id: expect.stringMatching(/^ldap-auth:[0-9a-f]{64}$/),
      username: "ada",
    });
    expect(ldap.asked).toEqual([
      {
        server: {
          host: "l.test",
          port: 389,
          security: "none",
          isVerified: false,
          timeoutMs: 10_000,
          keepAliveMs: 60_000,
        },
        dn: "uid=ada,dc=x",
        password: "open:sesame",
      },
    ]);
  });

  test.each<[string, MemoryRequest, number]>([
    ["without credentials", {}, 0],
    ["of another scheme", field(right, "Basic"), 0],
    ["without a password", field("ada:"), 0],
    ["that is no base64", { headers: [["Authorization", "LDAP ???"]] }, 0],
    ["with a wrong password", field("ada:x"), 1],
  ])("%s is refused", async (_, request, count) => {
    const { ask, ldap } = world();
    const { response } = await ask(request);
    expect([response.status, JSON.parse(response.body)]).toEqual([
      401,
      { message: "Unauthorized", request_id: expect.any(String) },
    ]);
    expect([response.headers.get("www-authenticate"), ldap.asked.length]).toEqual(["LDAP", count]);
  });

  test("may carry the credentials for the proxy, which go first", async () => {
    const { ask } = world();
    const proxy = field(right, "ldap", "Proxy-Authorization").headers!;
    expect((await ask({ headers: proxy })).response.status).toBe(200);
    const wrong = field("ada:x", "ldap", "Proxy-Authorization").headers!;
    expect((await ask({ headers: [...wrong, ...field(right).headers!] })).response.status).toBe(200);
  });

  test("cannot change the form of the name that is asked for", async () => {
    const { ask, ldap } = world();
    await ask(field('#a,ou=admins+x="y" :p'));
    expect(ldap.asked[0]?.dn).toBe('uid=\\#a\\,ou\\=admins\\+x\\=\\"y\\"\\ ,dc=x');
  });

  test("is an error of the gateway while the directory is down, which is not remembered", async () => {
    const { ask, ldap } = world();
    ldap.isDown = true;
    expect((await ask(field(right))).response.status).toBe(500);
    ldap.isDown = false;
    expect((await ask(field(right))).response.status).toBe(200);
  });
});

describe("the configuration", () => {
  test("answers are kept for cache_ttl, right and wrong ones", async () => {
    const { ask, ldap, clock } = world({ cache_ttl: 10 });
    for (let i = 0; i < 3; i++) {
      expect((await ask(field(right))).response.status).toBe(200);
      expect((await ask(field("ada:x"))).response.status).toBe(401);
    }
    expect(ldap.asked).toHaveLength(2);
    clock.advance(10_001);
    await ask(field(right));
    expect(ldap.asked).toHaveLength(3);
  });

  test("the server is as configured", async () => {
    const serverOf = async (config: Record<string, unknown>) => {
      const { ask, ldap } = world(config);
      await ask(field(right));
      return ldap.asked[0]?.server;
    };
    const config = { ldap_port: 636, ldaps: true, verify_ldap_host: true, timeout: 5, keepalive: 7 };
    expect(await serverOf(config)).toEqual({
      host: "l.test",
      port: 636,
      security: "tls",
      isVerified: true,
      timeoutMs: 5,
      keepAliveMs: 7,
    });
    expect(await serverOf({ start_tls: true })).toMatchObject({ security: "starttls" });
  });

  test("header_type and realm make the challenge, and the scheme that is read", async () => {
    const { ask } = world({ header_type: "basic", realm: "here" });
    expect((await ask()).response.headers.get("www-authenticate")).toBe('basic realm="here"');
    expect((await ask(field(right, "Basic"))).response.status).toBe(200);
  });

  test("hide_credentials takes them out of the request", async () => {
    expect((await world().ask(field(right))).fields.has("authorization")).toBe(true);
    expect((await world({ hide_credentials: true }).ask(field(right))).fields.has("authorization")).toBe(
      false,
    );
  });

  test("anonymous lets the unknown pass under another name", async () => {
    const { fields } = await world({ anonymous: "nobody" }).ask(field("ada:x"));
    expect([fields.get("x-consumer-username"), fields.get("x-anonymous-consumer")]).toEqual([
      "nobody",
      "true",
    ]);
  });
});
