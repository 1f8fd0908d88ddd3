import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { ControlEnv } from "./env.ts";

test("what was written, and the version that was published, outlive an eviction of the control plane", async () => {
  const object = (env as unknown as ControlEnv).CONTROL.getByName("evicted");
  const call = async (method: string, path: string, body?: object) => {
    const response = await object.fetch(`http://admin.test${path}`, {
      method,
      ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json<Record<string, unknown>>() };
  };
  expect(await call("POST", "/services", { name: "kept", url: "http://up.test" })).toMatchObject({
    status: 201,
  });
  const before = await object.newest(undefined);
  const node = (await call("GET", "/")).body["node_id"];
  await evictDurableObject(object);
  expect(await call("GET", "/services/kept")).toMatchObject({ status: 200, body: { host: "up.test" } });
  expect((await call("GET", "/")).body["node_id"]).toBe(node);
  expect(await object.newest(undefined)).toEqual(before);
  expect(await object.newest(before?.version)).toBeUndefined();
  expect(await call("POST", "/services", { name: "more", url: "http://up.test" })).toMatchObject({
    status: 201,
  });
  expect((await object.newest(before?.version))?.text).toContain('"more"');
});
