import { expect, test } from "vitest";

import { pretty, violationMessage } from "./index.ts";
import type { ErrorFields } from "./index.ts";

test.each([
  [{ b: 1, a: "x" }, '{a="x",b=1}'],
  [["a", null, true], '{"a",[3]=true}'],
  [{ "@entity": ["x"], "1a": null }, '{["1a"]=null,["@entity"]={"x"}}'],
  [{ a: 'say "hi"\\' }, '{a="say \\"hi\\"\\\\"}'],
  [{ a: "two\nlines" }, "{a=[[two\nlines]]}"],
  [{ a: "x]]" }, "{a=[=[x]]]=]}"],
  [{ a: "\nfirst" }, "{a=[[\n\nfirst]]}"],
  [[], "{}"],
])("%j is written as %s", (value, told) => {
  expect(pretty(value)).toBe(told);
});

const messages: [ErrorFields, string][] = [
  [{ host: "required field missing" }, "schema violation (host: required field missing)"],
  [{ b: "x", a: "y", "@entity": ["z"] }, "3 schema violations (z; a: y; b: x)"],
  [
    { config: { key: "x", "@entity": ["y"] } },
    '2 schema violations (config.@entity: {\n  "y"\n}; config.key: x)',
  ],
  [{ paths: [null, "bad"] }, "schema violation (paths.2: bad)"],
  [{ sources: [{ ip: "bad" }] }, 'schema violation (sources.1: {\n  ip = "bad"\n})'],
  [
    { config: { limits: { sms: { minute: "x" }, "@entity": ["y"] } } },
    'schema violation (config.limits: {\n  ["@entity"] = {\n    "y"\n  },\n  sms = {\n    minute = "x"\n  }\n})',
  ],
];

test.each(messages)("%j reads as one message", (errors, told) => {
  expect(violationMessage(errors)).toBe(told);
});
