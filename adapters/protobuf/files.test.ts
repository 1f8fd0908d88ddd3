import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProtoFiles } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sallyport-protos-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `syntax = "proto3";\n${text}`);
};
const service = (name: string): string =>
  `service ${name} { rpc Ask(M) returns (M) { option (google.api.http).get = "/${name}"; } }`;
const pathsIn = async (file: string): Promise<string[]> =>
  (await new ProtoFiles([folder]).load(file)).map((method) => method.path);

test("a file is found in a folder, and its imports in any of them", async () => {
  write("a.proto", `import "in/b.proto"; import "google/api/annotations.proto"; ${service("A")}`);
  write("in/b.proto", `message M {} ${service("B")}`);
  expect(await pathsIn("a.proto")).toEqual(["/A/Ask"]);
});

test("an import is found beside the file that asks for it, wherever that is", async () => {
  write("far/a.proto", `package far.v1; import "b.proto"; ${service("A")}`);
  write("far/b.proto", "package far.v1; message M {}");
  expect(await pathsIn(path.join(folder, "far/a.proto"))).toEqual(["/far.v1.A/Ask"]);
});

test("what a file imports publicly is its own, and no other import", async () => {
  write("a.proto", `import public "b.proto";\n import "d.proto"; ${service("A")}`);
  write("b.proto", `import public "c.proto"; ${service("B")}`);
  write("c.proto", `message M {} ${service("C")}`);
  write("d.proto", `import "c.proto"; ${service("D")}`);
  expect((await pathsIn("a.proto")).sort()).toEqual(["/A/Ask", "/B/Ask", "/C/Ask"]);
});

test.each([
  ["is missing", "none.proto", "none.proto"],
  ["imports what is nowhere", "lost.proto", "'gone.proto' is in none of"],
  ["uses a type that is nowhere", "typed.proto", "no such Type"],
  ["can't be understood", "broken.proto", "illegal"],
])("a file that %s is told", async (_, file, reason) => {
  write("lost.proto", 'import "gone.proto";');
  write("typed.proto", "message M { Gone gone = 1; }");
  write("broken.proto", "message {");
  await expect(pathsIn(file)).rejects.toThrow(reason);
});
