import { expect, test } from "vitest";
import { MemoryClock, MemorySharedDict } from "../../../adapters/memory/index.ts";
import { adminInMemory } from "../../../test/support/admin.ts";
import { HeaderList } from "../../http/headers.ts";
import { pack } from "./entry.ts";

const stored = pack({
  status: 200,
  headers: new HeaderList(["Content-Type", "text/plain"]),
  body: new TextEncoder().encode("kept"),
  bornAtMs: 1_000,
  freshSeconds: 5,
});

const world = () => {
  const responses = new MemorySharedDict(new MemoryClock());
  responses.set("proxy-cache:k", stored);
  responses.set("other:k", "stays");
  return { responses, admin: adminInMemory(undefined, { responses }) };
};

test("operators see what is kept, and remove it", async () => {
  const { admin } = world();
  const { status, body } = await admin.send("GET", "/proxy-cache/k");
  expect([status, body]).toMatchObject([
    200,
    { status: 200, body: "kept", headers: { "content-type": "text/plain" }, ttl: 5, timestamp: 1 },
  ]);
  expect((await admin.send("DELETE", "/proxy-cache/k")).status).toBe(204);
  expect((await admin.send("GET", "/proxy-cache/k")).status).toBe(404);
  expect((await admin.send("DELETE", "/proxy-cache/k")).status).toBe(404);
});

test("by the id of a plugin only where it is one of this kind", async () => {
  const { admin } = world();
  const { body } = await admin.send("POST", "/plugins", {
    name: "proxy-cache",
    config: { strategy: "memory" },
  });
  const other = await admin.send("POST", "/plugins", { name: "cors" });
  expect((await admin.send("GET", `/proxy-cache/${String(body["id"])}/caches/k`)).status).toBe(200);
  expect((await admin.send("GET", `/proxy-cache/${String(other.body["id"])}/caches/k`)).status).toBe(404);
});

test("a purge leaves what is not its own", async () => {
  const { admin, responses } = world();
  expect((await admin.send("DELETE", "/proxy-cache")).status).toBe(204);
  expect(responses.keys()).toEqual(["other:k"]);
});
