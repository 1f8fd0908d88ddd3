import { expect, test } from "vitest";
import { countingAuto, entities } from "../../test/support/entities.ts";
import { violationMessage } from "../schema/index.ts";
import { changeRow, parseRow } from "./index.ts";
import type { Row } from "./index.ts";

const entity = (name: string) => entities.get(name)!;

function made(name: string, given: Row): Row {
  const parsed = parseRow(entity(name), given, countingAuto());
  if (!parsed.ok) throw new Error(violationMessage(parsed.errors));
  return parsed.row;
}

test("a row with changes is checked as a whole", () => {
  const stored = made("services", { name: "s", host: "h.test", protocol: "http", path: "/a" });
  const later = countingAuto(1_800_000_000_000);
  expect(changeRow(entity("services"), stored, { retries: 0 }, later)).toMatchObject({
    ok: true,
    row: {
      name: "s",
      host: "h.test",
      path: "/a",
      retries: 0,
      created_at: 1_700_000_000,
      updated_at: 1_800_000_000,
    },
  });
  expect(changeRow(entity("services"), stored, { protocol: "tcp" }, later)).toMatchObject({
    ok: false,
    errors: { path: "value must be null" },
  });
  expect(changeRow(entity("services"), stored, { host: null }, later)).toMatchObject({
    ok: false,
    errors: { host: "required field missing" },
  });
  expect(stored["retries"]).toBe(5);
});

test("a change keeps what shorthands would bring about, and takes shorthands", () => {
  const stored = made("upstreams", { name: "u.test", algorithm: "consistent-hashing" });
  expect(changeRow(entity("upstreams"), stored, { slots: 20 })).toMatchObject({
    ok: true,
    row: { algorithm: "consistent-hashing", slots: 20 },
  });
  expect(changeRow(entity("upstreams"), stored, { hash_on: "ip" })).toMatchObject({
    ok: true,
    row: { hash_on: "ip" },
  });
});

test("a change says that it is one", () => {
  const stored = made("consumers", { username: "bob" });
  const changed = changeRow(entity("consumers"), stored, { username: null });
  expect(changed).toEqual({
    ok: false,
    errors: {
      "@entity": ["when updating, at least one of these fields must be non-empty: 'custom_id', 'username'"],
    },
  });
});

test("a changed plugin keeps its other options", () => {
  const stored = made("plugins", { name: "key-auth", config: { key_names: ["k"], hide_credentials: true } });
  expect(changeRow(entity("plugins"), stored, { config: { hide_credentials: false } })).toMatchObject({
    ok: true,
    row: { config: { key_names: ["k"], hide_credentials: false } },
  });
});

test("a plugin that becomes another one is asked for what the other one's checks look at", () => {
  const plugin = entity("plugins");
  const made = parseRow(plugin, { name: "key-auth" }, countingAuto());
  expect(made.ok && changeRow(plugin, made.row, { name: "acl", config: { allow: ["x"] } })).toMatchObject({
    ok: false,
    errors: { config: { deny: "field required for entity check when updating", key_names: "unknown field" } },
  });
});
