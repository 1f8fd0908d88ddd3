import { expect, test } from "vitest";

import { luaPattern } from "./pattern.ts";

test.each([
  ["^%u+$", "GET", "get"],
  ["^[^*]*%*?[^*]*$", "*.a", "*.*"],
  ["^[%a_-][%a%d_-]*$", "_a-1", "1a"],
  ["^[a-z][a-z%d-]-[a-z%d]+$", "my-env", "my-"],
  ["^[^:]+:.*$", "a:b:c", ":b"],
  ["^%d+[%.%d]*$", "1.2.3", "1.x"],
  ["%s", "a b", "ab"],
  ["^%*%.", "*.a", "a.*"],
  ["^%P+$", "abc", "a.c"],
  ["^.$", "\n", ""],
  ["^a]$", "a]", "a"],
  ["^[]]$", "]", "["],
])("%s accepts %j and not %j", (pattern, yes, no) => {
  const compiled = luaPattern(pattern);
  expect(compiled.test(yes)).toBe(true);
  expect(compiled.test(no)).toBe(false);
});

test.each(["%b()", "%f[a]", "%1", "[a"])("%s is refused when the schema is made", (pattern) => {
  expect(() => luaPattern(pattern)).toThrow(TypeError);
});
