import { describe, expect, test } from "vitest";
import { parseHosts } from "./hosts.ts";
import { candidates } from "./lookup.ts";
import { parseResolvConf, serverAt } from "./resolvconf.ts";

describe("a hosts file", () => {
  test("gives each name the first address of each family", () => {
    const hosts = parseHosts(`
      10.0.0.1 One one.alias # the first
      10.0.0.2 one
      fe00::1  one
      nonsense two
      fe80::1%eth0 scoped
      ; a comment
    `);
    expect(hosts.get("one")).toEqual({ ipv4: "10.0.0.1", ipv6: "fe00::1" });
    expect([hosts.get("one.alias")?.ipv4, hosts.has("two"), hosts.has("scoped")]).toEqual([
      "10.0.0.1",
      false,
      false,
    ]);
  });

  test("knows localhost in any case", () => {
    expect(parseHosts("").get("localhost")).toEqual({ ipv4: "127.0.0.1", ipv6: "::1" });
    expect(parseHosts("127.0.0.5 localhost").get("localhost")).toEqual({
      ipv4: "127.0.0.5",
      ipv6: undefined,
    });
  });
});

describe("a resolv.conf", () => {
  test("names at most three servers and six search domains", () => {
    const conf = parseResolvConf(
      "nameserver 1.1.1.1\nnameserver ::2\nnameserver fe80::1%lo\nnameserver 3.3.3.3\nnameserver 4.4.4.4\n" +
        "search A.test b.test. c d e f g",
    );
    expect(conf.servers).toEqual(["1.1.1.1:53", "[::2]:53", "3.3.3.3:53"]);
    expect(conf.search).toEqual(["a.test", "b.test", "c", "d", "e", "f"]);
  });

  test("takes the last of domain and search, without the root", () => {
    expect(parseResolvConf("search a b\ndomain c").search).toEqual(["c"]);
    expect(parseResolvConf("domain c\nsearch a .").search).toEqual(["a"]);
  });

  test("takes options together or one a line, bounded as glibc does", () => {
    const conf = parseResolvConf(
      "options ndots:2 timeout:99\noptions attempts:3\noptions rotate use-vc strange",
    );
    expect(conf).toMatchObject({ ndots: 2, timeoutMs: 30_000, attempts: 3, rotate: true, useVc: true });
    expect(parseResolvConf("options timeout:0 ndots:x")).toMatchObject({ timeoutMs: undefined, ndots: 1 });
  });

  test("gives way to the environment", () => {
    const conf = parseResolvConf("search a\noptions ndots:1", {
      LOCALDOMAIN: "x y",
      RES_OPTIONS: "ndots:5 edns0",
    });
    expect(conf).toMatchObject({ search: ["x", "y"], ndots: 5, edns0: true });
  });

  test.each([
    ["1.2.3.4", "1.2.3.4:53"],
    ["1.2.3.4:5353", "1.2.3.4:5353"],
    ["[::1]:54", "[::1]:54"],
    ["::1", "[::1]:53"],
    ["name", undefined],
    ["1.2.3.4:99999", undefined],
  ])("reads the server %s as %s", (text, server) => {
    expect(serverAt(text)).toBe(server);
  });
});

describe("the names that are asked for", () => {
  const settings = { search: ["s1", "s2"], ndots: 2, noTldQuery: false };

  test.each([
    ["a.b", ["a.b.s1", "a.b.s2", "a.b"], ["a.b.s1", "a.b.s2", "a.b"]],
    ["a.b.c", ["a.b.c", "a.b.c.s1", "a.b.c.s2"], ["a.b.c"]],
    ["a.", ["a"], ["a"]],
  ])("for %s are %j; when strict %j", (name, plain, strict) => {
    expect([candidates(name, settings, false), candidates(name, settings, true)]).toEqual([plain, strict]);
  });

  test("of one label are not asked for as they are where the host forbids it", () => {
    expect(candidates("a", { ...settings, noTldQuery: true }, false)).toEqual(["a.s1", "a.s2"]);
  });
});
