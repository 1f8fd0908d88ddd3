import { expect, test } from "vitest";

import {
  array,
  boolean,
  foreign,
  headerName,
  host,
  httpMethod,
  integer,
  ipOrCidr,
  map,
  name,
  number,
  path,
  port,
  record,
  set,
  sni,
  string,
  tags,
  timeout,
  ttl,
  url,
  uuid,
  valueProblem,
  wildcardHost,
} from "./index.ts";
import type { Field } from "./index.ts";

const problems: [string, Field, unknown, unknown][] = [
  ["a text for a number", number(), "1", "expected a number"],
  ["NaN", number(), Number.NaN, "expected a number"],
  ["a fraction for an integer", integer(), 1.5, "expected an integer"],
  ["infinity for an integer", integer(), Infinity, "expected an integer"],
  ["1 for a boolean", boolean(), 1, "expected a boolean"],
  ["a number for a text", string(), 7, "expected a string"],
  ["a text for a list", array(string()), "a", "expected an array"],
  ["an object for a list", array(string()), { a: 1 }, "expected an array"],
  ["a text for a set", set(string()), "a", "expected a set"],
  ["a text for a map", map(string(), string()), "a", "expected a map"],
  ["a list for a map", map(string(), string()), ["a"], "expected a map"],
  ["a list for a record", record({ a: string({ doc: "A." }) }), ["a"], "expected a record"],
  ["null where something is required", string({ required: true }), null, "required field missing"],
  ["null in a list", array(string()), ["a", null], [null, "required field missing"]],
  ["something where only null is fine", string({ eq: null }), "x", "value must be null"],
  ["a wrong element after good ones", array(integer()), [1, 2, "x"], [null, null, "expected an integer"]],
  ["the first wrong value of a map", map(string(), integer()), { a: "x", b: "y" }, "expected an integer"],
  [
    "a wrong name of a map",
    map(headerName(), string()),
    { "a b": "c" },
    expect.stringContaining("bad header name"),
  ],
  ["an empty text", string(), "", "length must be at least 1"],
  ["a long text", string({ len_max: 3 }), "abcd", "length must be at most 3"],
  ["a text of another length", string({ len_eq: 32 }), "x", "length must be 32"],
  ["bytes count, not characters", string({ len_max: 2 }), "€", "length must be at most 2"],
  ["too few elements", array(string(), { len_min: 2 }), ["a"], "length must be at least 2"],
  ["a value of none allowed", string({ one_of: ["a", "b"] }), "c", "expected one of: a, b"],
  ["a forbidden value", string({ not_one_of: ["a", "b"] }), "a", "must not be one of: a, b"],
  ["a small number", number({ gt: 0 }), 0, "value must be greater than 0"],
  ["a number outside", integer({ between: [1, 5] }), 6, "value should be between 1 and 5"],
  ["another beginning", string({ starts_with: "/" }), "a", "should start with: /"],
  ["a text that does not match", string({ match: "^%a+$" }), "a1", "invalid value: a1"],
  ["a text that matches what it must not", string({ not_match: "%s" }), "a b", "invalid value: a b"],
  ["a missing element", array(string(), { contains: "a" }), ["b"], "expected to contain: a"],
  ["a value that must not be", string({ ne: "x" }), "x", "value must not be x"],
  ["a time before 1970", integer({ timestamp: true }), -1, "expected a valid timestamp"],
  [
    "an open regular expression",
    string({ is_regex: true }),
    "(",
    expect.stringContaining("not a valid regex"),
  ],
  ["a rule's own words", string({ match: "^a$", err: "must be a" }), "b", "must be a"],
  ["a check's words", string({ check: () => "no" }), "b", "no"],
  ["a reference by name", foreign("services"), { name: "s" }, { id: "missing primary key" }],
  ["a reference as text", foreign("services"), "s", { id: "missing primary key" }],
  ["a reference by a bad id", foreign("services"), { id: "s" }, { id: "expected a valid UUID" }],
  [
    "exclusive sets",
    set(string(), { mutually_exclusive_subsets: [["a"], ["b", "c"]] }),
    ["a", "b"],
    "these sets are mutually exclusive: ('a'), ('b', 'c')",
  ],
  ["a host with a port", host(), "a.test:80", "must not have a port"],
  ["a host with a wildcard", host(), "*.a.test", "invalid value: *.a.test"],
  ["a host with an empty label", host(), "a..b", "invalid value: a..b"],
  ["a host like an address", host(), "300.1.1.1", "invalid value: 300.1.1.1"],
  ["a port beyond", port(), 65_536, "value should be between 0 and 65535"],
  ["a time beyond", timeout(), 2 ** 31 - 1, "value should be between 0 and 2147483646"],
  ["a life too long", ttl(), 100_000_001, "value should be between 0 and 100000000"],
  ["a URL without host", url(), "http:///a", "missing host in url"],
  ["a URL that is only a name", url(), "a.test", "missing host in url"],
  ["a URL without scheme", url(), "//a.test", "missing scheme in url"],
  ["a relative path", path(), "a", "should start with: /"],
  ["a path with an empty segment", path(), "/a//b", "must not have empty segments"],
  [
    "a path with a query",
    path(),
    "/a?b",
    "invalid path: '/a?b' (characters outside of the reserved list of RFC 3986 found)",
  ],
  ["a path with a bad escape", path(), "/a%zz", "invalid url-encoded value: '%zz'"],
  [
    "a header name with a space",
    headerName(),
    "a b",
    "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
  ],
  ["a method in small letters", httpMethod(), "get", "invalid value: get"],
  ["a mask too wide", ipOrCidr(), "10.0.0.0/33", "invalid ip or cidr range: '10.0.0.0/33'"],
  [
    "a name with a space",
    name(),
    "a b",
    "invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
  ],
  ["a server name that is an address", sni(), "1.2.3.4", "must not be an IP"],
  ["a server name with a port", sni(), "a.test:443", "must not have a port"],
  ["a server name with two stars", wildcardHost(), "*.a.*", "only one wildcard must be specified"],
  [
    "a tag with a comma",
    tags({ doc: "Tags." }),
    ["a,b"],
    ["invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"],
  ],
  ["a short UUID", uuid(), "123", "expected a valid UUID"],
];

test.each(problems)("%s is told", (_, field, value, expected) => {
  expect(valueProblem(field, value)).toEqual(expected);
});

const fine: [string, Field, unknown][] = [
  ["null where nothing is required", string({ one_of: ["a"] }), null],
  ["an empty text when asked for", string({ len_min: 0 }), ""],
  ["an empty object for a list", array(string(), { len_min: 0 }), {}],
  ["an IPv6 host", host(), "::1"],
  ["a host in brackets", host(), "[::1]"],
  ["a host with an underscore", host(), "a_b"],
  ["names beyond ASCII", name(), "über"],
  ["a wildcard at either end", wildcardHost(), "a.*"],
  ["a server name with a final dot", sni(), "a.test."],
  ["an IPv6 block", ipOrCidr(), "2001:db8::/32"],
  ["a UUID in capitals", uuid(), "A3AD71A8-6685-4B03-A101-980A953544F6"],
  ["a reference to a vault for a secret", string({ referenceable: true, len_eq: 3 }), "{vault://env/x}"],
];

test.each(fine)("%s is fine", (_, field, value) => {
  expect(valueProblem(field, value)).toBeUndefined();
});

test("a reference to a vault is an ordinary text elsewhere", () => {
  expect(valueProblem(string({ len_eq: 3 }), "{vault://env/x}")).toBe("length must be 3");
});

test("of several rules the first that fails is told", () => {
  expect(valueProblem(string({ one_of: ["aa"], len_min: 2 }), "")).toBe("expected one of: aa");
});
