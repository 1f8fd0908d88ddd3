import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

type Config = Record<string, unknown>;
const ada = "3f4b7c1e-98a5-4d1f-8a52-3f2f6b1d7c11";
const key = "b2a0f3c4-0d3e-4d5f-9a1b-7c8d9e0f1a2b";
const consumers = [
  { id: ada, username: "ada", custom_id: "c-ada", keyauth_credentials: [{ id: key, key: "ada" }] },
  { username: "bob", keyauth_credentials: [{ key: "bob" }] },
  { username: "nobody" },
];
const secret = "s3cret-s3cret-s3cret";
const world = (config: Config = {}, people: readonly Config[] = consumers): TestGateway =>
  gatewayOn(
    oneRoute(
      [
        { name: "session", config: { secret, ...config } },
        { name: "key-auth", config: { anonymous: "nobody" } },
      ],
      { consumers: people },
    ),
  );

/** A browser: it keeps cookies until they end. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly gateway: TestGateway;

  constructor(gateway: TestGateway) {
    this.gateway = gateway;
  }

  async ask(request: MemoryRequest = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await this.gateway.client.send({
      target: "/t",
      ...request,
      headers: [...(request.headers ?? []), ...(cookie === "" ? [] : [["Cookie", cookie] as const])],
    });
    const lines = response.headers.getAll("set-cookie");
    for (const line of lines) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (line.includes("Max-Age=0")) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const fields = new HeaderList(this.gateway.upstream.sent.at(-1)?.request.headers);
    return { response, lines, fields, who: fields.get("x-consumer-username") };
  }

  signIn(name = "ada") {
    return this.ask({ headers: [["apikey", name]] });
  }
}

const signedIn = async (config: Config = {}): Promise<Browser> => {
  const browser = new Browser(world(config));
  await browser.signIn();
  return browser;
};

describe.each(["cookie", "kong"])("a session in storage %s", (storage) => {
  test("lets who signed in come back without the credential", async () => {
    const browser = new Browser(world({ storage }));
    const { lines } = await browser.signIn();
    expect(lines).toEqual([
      expect.stringMatching(/^session=[\w-]+; Path=\/; SameSite=Strict; Secure; HttpOnly$/),
    ]);
    const { fields } = await browser.ask();
    expect(
      ["x-consumer-id", "x-consumer-custom-id", "x-consumer-username", "x-credential-identifier"].map(
        (name) => fields.get(name),
      ),
    ).toEqual([ada, "c-ada", "ada", key]);
    expect([fields.has("x-anonymous-consumer"), fields.has("x-authenticated-groups")]).toEqual([
      false,
      false,
    ]);
  });

  test("begins for nobody who is not known", async () => {
    const { lines, who } = await new Browser(world({ storage })).ask();
    expect([lines, who]).toEqual([[], "nobody"]);
  });

  test("cannot be made up or changed", async () => {
    const browser = await signedIn({ storage });
    const value = browser.cookies.get("session")!;
    for (const wrong of ["garbage", "", value.slice(0, -4), `A${value.slice(1)}`]) {
      browser.cookies.set("session", wrong);
      if (wrong !== value) expect((await browser.ask()).who).toBe("nobody");
    }
    const other = new Browser(world({ storage, secret: "another" }));
    other.cookies.set("session", value);
    expect((await other.ask()).who).toBe("nobody");
  });

  test("is another one when somebody else signs in", async () => {
    const plugins = [{ name: "session", config: { secret, storage } }, { name: "key-auth" }];
    const browser = new Browser(gatewayOn(oneRoute(plugins, { consumers })));
    await browser.signIn();
    const first = browser.cookies.get("session");
    await browser.signIn("bob");
    expect(browser.cookies.get("session")).not.toBe(first);
    const anyone = new Browser(world({ storage }));
    anyone.cookies.set("session", browser.cookies.get("session")!);
    if (storage === "cookie") expect((await anyone.ask()).who).toBe("bob");
  });

  test("ends with a logout, and is good for nothing then", async () => {
    const browser = await signedIn({ storage });
    const value = browser.cookies.get("session")!;
    const { response, lines } = await browser.ask({ method: "POST", target: "/t?session_logout=1" });
    expect([response.status, response.body, lines]).toEqual([
      200,
      "",
      [
        "session=; Path=/; SameSite=Strict; Secure; HttpOnly; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0",
      ],
    ]);
    expect((await browser.ask()).who).toBe("nobody");
    if (storage === "cookie") return;
    browser.cookies.set("session", value);
    expect((await browser.ask()).who).toBe("nobody");
  });

  test("ends when its consumer is gone", async () => {
    const browser = await signedIn({ storage });
    browser.gateway.gateway.prepareChanges([{ table: "consumers", id: ada, row: undefined }])();
    expect((await browser.ask()).who).toBe("nobody");
    expect(browser.cookies.has("session")).toBe(false);
  });

  test("ends after idling_timeout without a request, and not with one", async () => {
    const browser = await signedIn({ storage, idling_timeout: 100 });
    for (let i = 0; i < 3; i++) {
      browser.gateway.clock.advance(90_000);
      expect((await browser.ask()).who).toBe("ada");
    }
    browser.gateway.clock.advance(101_000);
    expect((await browser.ask()).who).toBe("nobody");
  });

  test("gets another id before rolling_timeout, and ends after it", async () => {
    const times = { rolling_timeout: 200, idling_timeout: 150, response_headers: ["id"] };
    const browser = await signedIn({ storage, ...times });
    const idOf = async () => (await browser.ask()).response.headers.get("session-id");
    const first = await idOf();
    expect(await idOf()).toBe(first);
    browser.gateway.clock.advance(100_000);
    await browser.ask();
    expect(await idOf()).not.toBe(first);
    const late = await signedIn({ storage, ...times, idling_timeout: 0 });
    late.gateway.clock.advance(201_000);
    expect((await late.ask()).who).toBe("nobody");
  });

  test("ends after absolute_timeout in any case", async () => {
    const browser = await signedIn({ storage, absolute_timeout: 1_000, idling_timeout: 700 });
    browser.gateway.clock.advance(600_000);
    expect((await browser.ask()).who).toBe("ada");
    browser.gateway.clock.advance(401_000);
    expect((await browser.ask()).who).toBe("nobody");
  });

  test("is remembered by a second cookie when the browser ends", async () => {
    const config = { storage, remember: true, remember_cookie_name: "stay", remember_rolling_timeout: 5_000 };
    const browser = new Browser(world(config));
    const { lines } = await browser.signIn();
    expect(lines[1]).toMatch(
      /^stay=[\w-]+; Path=\/; SameSite=Strict; Secure; HttpOnly; Expires=.* GMT; Max-Age=5000$/,
    );
    browser.cookies.delete("session");
    browser.gateway.clock.advance(4_000_000);
    expect((await browser.ask()).who).toBe("ada");
    expect([...browser.cookies.keys()].sort()).toEqual(["session", "stay"]);
    browser.cookies.delete("session");
    browser.gateway.clock.advance(5_001_000);
    expect((await browser.ask()).who).toBe("nobody");
    const endless = await signedIn({ ...config, remember_absolute_timeout: 10 });
    endless.cookies.delete("session");
    endless.gateway.clock.advance(11_000);
    expect((await endless.ask()).who).toBe("nobody");
  });

  test("belongs to its audience; several share a cookie, and one leaves without the others", async () => {
    const plugins = (audience: string) => [
      { name: "session", config: { secret, storage, audience } },
      { name: "key-auth", config: { anonymous: "nobody" } },
    ];
    const routes = ["a", "b"].map((name) => ({ name, paths: [`/${name}`], plugins: plugins(name) }));
    const service = { name: "s", url: "http://upstream.test", routes };
    const browser = new Browser(gatewayOn({ services: [service], consumers }));
    const at = (target: string, name?: string) =>
      browser.ask({ target, ...(name !== undefined && { headers: [["apikey", name]] as const }) });
    await at("/a", "ada");
    expect((await at("/b")).who).toBe("nobody");
    await at("/b", "bob");
    expect([(await at("/a")).who, (await at("/b")).who]).toEqual(["ada", "bob"]);
    await browser.ask({ method: "POST", target: "/a?session_logout" });
    expect([(await at("/a")).who, (await at("/b")).who]).toEqual(["nobody", "bob"]);
  });
});

describe("the configuration", () => {
  test("the cookie's flags are as configured", async () => {
    const line = async (config: Config) => (await new Browser(world(config)).signIn()).lines[0];
    expect(
      await line({
        cookie_name: "c",
        cookie_path: "/p",
        cookie_domain: "a.test",
        cookie_same_site: "Default",
        cookie_http_only: false,
        cookie_secure: false,
      }),
    ).toMatch(/^c=[\w-]+; Domain=a\.test; Path=\/p; SameSite=Default$/);
    expect(await line({ cookie_same_site: "None", cookie_secure: false })).toMatch(
      /SameSite=None; Secure; HttpOnly$/,
    );
    // Names of before.
    expect(await line({ cookie_samesite: "off", cookie_httponly: false })).toMatch(/SameSite=Lax; Secure$/);
  });

  test("logouts are found as configured", async () => {
    const out = async (config: Config, request: MemoryRequest) => {
      const browser = await signedIn(config);
      await browser.ask(request);
      return !browser.cookies.has("session");
    };
    const query = { method: "DELETE", target: "/t?session_logout" };
    expect(await out({}, query)).toBe(true);
    expect(await out({}, { ...query, method: "GET" })).toBe(false);
    expect(await out({ logout_methods: ["GET"] }, { ...query, method: "GET" })).toBe(true);
    expect(await out({ logout_query_arg: "bye" }, query)).toBe(false);
    const form = [["Content-Type", "application/x-www-form-urlencoded"]] as const;
    const body = { method: "POST", headers: form, body: "session_logout=1" };
    expect(await out({}, body)).toBe(false);
    expect(await out({ read_body_for_logout: true }, body)).toBe(true);
    expect(await out({ read_body_for_logout: true, logout_post_arg: "bye" }, body)).toBe(false);
  });

  test("the session is told to the upstream and to clients where that is asked for", async () => {
    const facts = [
      "id",
      "audience",
      "subject",
      "timeout",
      "idling-timeout",
      "rolling-timeout",
      "absolute-timeout",
    ];
    const browser = await signedIn({ request_headers: facts, response_headers: ["subject", "timeout"] });
    browser.gateway.clock.advance(100_000);
    const { fields, response } = await browser.ask({ headers: [["Session-Subject", "evil"]] });
    expect(facts.slice(1).map((fact) => fields.get(`session-${fact}`))).toEqual([
      "default",
      "ada",
      "900",
      "900",
      "3500",
      "86300",
    ]);
    expect(fields.get("session-id")).toMatch(/^[\w-]{43}$/);
    expect([response.headers.get("session-subject"), response.headers.get("session-timeout")]).toEqual([
      "ada",
      "900",
    ]);
    expect(response.headers.has("session-id")).toBe(false);
  });

  test("an old id is good for stale_ttl in storage kong", async () => {
    const times = { storage: "kong", rolling_timeout: 200, idling_timeout: 150, stale_ttl: 10 };
    const browser = await signedIn(times);
    const old = browser.cookies.get("session")!;
    browser.gateway.clock.advance(100_000);
    await browser.ask();
    const late = new Browser(browser.gateway);
    late.cookies.set("session", old);
    browser.gateway.clock.advance(9_000);
    expect((await late.ask()).who).toBe("ada");
    late.cookies.set("session", old);
    browser.gateway.clock.advance(2_000);
    expect((await late.ask()).who).toBe("nobody");
  });

  test("groups come back with the session", async () => {
    const document = oneRoute(
      [
        { name: "session", config: { secret } },
        { name: "key-auth", config: { anonymous: "nobody" } },
        { name: "grouping" },
      ],
      { consumers },
    );
    const { record } = await import("../../schema/index.ts");
    const grouping = {
      name: "grouping",
      priority: 1,
      config: record({}, { required: true }),
      create: () => ({
        access(exchange: { credential: unknown; authenticatedGroups: readonly string[] | undefined }) {
          if (exchange.credential !== undefined) exchange.authenticatedGroups ??= ["a", "b"];
        },
      }),
    };
    const browser = new Browser(gatewayOn(document, { extraPlugins: [grouping] }));
    await browser.signIn();
    expect((await browser.ask()).fields.get("x-authenticated-groups")).toBe("a, b");
  });

  test("where nothing can be written the request goes on, and the failure is told", async () => {
    const document = oneRoute(
      [{ name: "session", config: { secret, storage: "kong" } }, { name: "key-auth" }],
      { consumers },
    );
    const gateway = gatewayOn(document, { ports: { records: undefined } });
    const { response, lines } = await new Browser(gateway).signIn();
    expect([response.status, lines]).toEqual([200, []]);
    expect(gateway.ports.logger.records.map(({ message }) => message)).toContain("a session is not saved");
  });
});
