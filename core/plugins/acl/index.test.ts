import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { definePlugin, record } from "../../index.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const consumers = [
  { username: "ann", keyauth_credentials: [{ key: "ann" }], acls: [{ group: "admins" }, { group: "staff" }] },
  { username: "bob", keyauth_credentials: [{ key: "bob" }], acls: [{ group: "guests" }] },
  { username: "cat", keyauth_credentials: [{ key: "cat" }] },
  { username: "nobody" },
];

const ask = async (config: Record<string, unknown>, key: string | undefined, auth: unknown = {}) => {
  const plugins = [
    { name: "acl", config },
    ...(auth === undefined ? [] : [{ name: "key-auth", config: auth }]),
  ];
  const { client, ports } = gatewayOn(oneRoute(plugins, { consumers }));
  const headers: [string, string][] = [["X-Consumer-Groups", "forged"]];
  if (key !== undefined) headers.push(["apikey", key]);
  const { status, body } = await client.send({ target: "/t", headers });
  const sent = new HeaderList(ports.transport.sent[0]?.request.headers);
  return { status, body, groups: sent.get("x-consumer-groups") };
};

describe("a consumer", () => {
  test.each([
    [{ allow: ["staff"] }, "ann", 200, "admins, staff"],
    [{ allow: ["staff"] }, "bob", 403, undefined],
    [{ allow: ["staff"] }, "cat", 403, undefined],
    [{ deny: ["guests"] }, "ann", 200, "admins, staff"],
    [{ deny: ["guests"] }, "bob", 403, undefined],
    [{ deny: ["guests"] }, "cat", 200, ""],
  ])("%j: %s gets %i", async (config, key, status, groups) => {
    expect(await ask(config, key)).toMatchObject({ status, groups });
  });

  test("that is refused learns no more than that", async () => {
    expect((await ask({ allow: ["staff"] }, "bob")).body).toContain("You cannot consume this service");
  });

  test("'s groups stay here with hide_groups_header, forged ones too", async () => {
    expect(await ask({ allow: ["staff"], hide_groups_header: true }, "ann")).toMatchObject({
      status: 200,
      groups: undefined,
    });
  });

  test("unknown is refused with 401", async () => {
    expect((await ask({ deny: ["x"] }, undefined, undefined)).status).toBe(401);
    expect((await ask({ allow: ["x"] }, undefined, { anonymous: "nobody" })).status).toBe(401);
    expect((await ask({ deny: ["x"] }, undefined, { anonymous: "nobody" })).status).toBe(200);
  });
});

test.each([
  [false, 200],
  [true, 403],
])(
  "groups that authentication found come first with always_use_authenticated_groups: %s",
  async (always, status) => {
    const finder = definePlugin({
      name: "finder",
      priority: 1_000,
      config: record({}, { required: true }),
      create: () => ({ access: (exchange) => void (exchange.authenticatedGroups = ["others"]) }),
    });
    const config = { allow: ["staff"], always_use_authenticated_groups: always };
    const plugins = [{ name: "acl", config }, { name: "key-auth" }, { name: "finder" }];
    const { client } = gatewayOn(oneRoute(plugins, { consumers }), { extraPlugins: [finder] });
    expect((await client.send({ target: "/t", headers: [["apikey", "ann"]] })).status).toBe(status);
  },
);
