import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const document = (config: Record<string, unknown> = {}) =>
  oneRoute([{ name: "file-log", config: { path: "/var/log/x.log", ...config } }]);

test("a line of JSON is appended for each exchange", async () => {
  const lines: [string, string, boolean][] = [];
  const files = {
    append: (path: string, line: string, isReopened: boolean) => void lines.push([path, line, isReopened]),
  };
  const { client } = gatewayOn(document({ reopen: true, custom_fields_by_lua: { x: "return 1" } }), {
    ports: { files },
  });
  await client.send({ target: "/t" });
  expect(lines).toHaveLength(1);
  const [path, line, isReopened] = lines[0]!;
  expect([path, isReopened, line.includes("\n")]).toEqual(["/var/log/x.log", true, false]);
  expect(JSON.parse(line)).toMatchObject({ x: 1, response: { status: 200 } });
});

test("a platform without files refuses the configuration by name", () => {
  expect(() => gatewayOn(document())).toThrow("file-log: this platform has no files");
});

test("a path with signs of a shell is refused", () => {
  expect(() => gatewayOn(document({ path: "/tmp/x*y" }))).toThrow("not a valid filename");
});
