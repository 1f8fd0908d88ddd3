import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkConf, type Conf, ConfError, loadConf } from "./load.ts";
import { manual } from "./manual.ts";
import type { PropertyName } from "./properties.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-conf-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const file = (text: string): string => {
  const target = path.join(folder, `${++files}.conf`);
  writeFileSync(target, text);
  return target;
};
const conf = (text = "", environment: Record<string, string> = {}): Conf =>
  loadConf({ file: file(text), environment });
const problems = (text: string, environment: Record<string, string> = {}): readonly string[] => {
  try {
    conf(text, environment);
    return [];
  } catch (error) {
    return (error as ConfError).problems;
  }
};

describe("a value", () => {
  test("comes from the command line, then SALLYPORT_*, then KONG_*, then the file, then the default", () => {
    const environment = { SALLYPORT_LOG_LEVEL: "warn", KONG_LOG_LEVEL: "error", KONG_PREFIX: "/k" };
    const given = file("log_level = info\nprefix = /f\npg_port = 1\n");
    const overrides: Partial<Record<PropertyName, string>> = { prefix: "/o" };
    const { logLevel, prefix, postgres } = loadConf({ file: given, environment, overrides });
    expect([logLevel, prefix, postgres.port, postgres.timeoutMs]).toEqual(["warn", "/o", 1, 5000]);
    expect(loadConf({ file: given, environment }).prefix).toBe("/k");
  });

  test("that is empty is not set", () => {
    expect(conf("log_level = info", { SALLYPORT_LOG_LEVEL: "" }).logLevel).toBe("info");
  });

  test("keeps an escaped number sign, and loses a comment", () => {
    expect(conf("pg_password = a\\#b # not this").postgres.password).toBe("a#b");
  });

  test("that names a file is relative to the file that names it", () => {
    expect(conf("declarative_config = kong.yml").declarativeConfig).toBe(path.join(folder, "kong.yml"));
  });
});

describe("a reference", () => {
  test("stands for a variable, or for a member of the JSON in one", () => {
    const text = "pg_password = {vault://env/db-pass}\npg_user = {vault://env/db/user}\n";
    const { postgres, texts } = conf(text, { DB_PASS: "secret", DB: '{"user":"ada"}' });
    expect([postgres.password, postgres.user]).toEqual(["secret", "ada"]);
    expect(texts.pg_password).toBe("{vault://env/db-pass}");
  });

  test("that stands for nothing stops a start, not a check", () => {
    const text = "pg_password = {vault://env/nothing}\npg_host = {vault://other/x}\n";
    expect(problems(text)).toEqual([
      expect.stringContaining("failed to dereference '{vault://other/x}': could not find vault (other)"),
      expect.stringContaining("failed to dereference '{vault://env/nothing}'"),
    ]);
    expect(checkConf({ file: file(text), environment: {} })).toEqual([]);
  });

  test("names variables with vault_env_prefix before them", () => {
    const text = "vault_env_prefix = app_\npg_password = {vault://env/p}\n";
    expect(conf(text, { APP_P: "x" }).postgres.password).toBe("x");
  });
});

describe("what is wrong", () => {
  test.each([
    ["log_level = zz", "log_level has an invalid value: 'zz' (debug, info,"],
    ["role = x", "role has an invalid value: 'x' (traditional)"],
    ["role = data_plane", "not supported"],
    ["database = cassandra", "Cassandra as a datastore is not supported"],
    ["pg_port = x", "pg_port is not a number: 'x'"],
    ["nginx_daemon = 1", "nginx_daemon is not a boolean: '1'"],
    ["proxy_listen = here", "proxy_listen: 'here' is not of the form"],
    ["headers = Server, X-Nope", "headers has an invalid value: 'X-Nope'"],
    ["nginx_http_client_max_body_size = 1x", "nginx_http_client_max_body_size is not a size: '1x'"],
    ["nginx_http_keepalive_timeout = soon", "nginx_http_keepalive_timeout is not a time: 'soon'"],
    ["upstream_keepalive_pool_size = -1", "must be at least 0"],
    ["trusted_ips = nope", "trusted_ips"],
    ["ssl_cert = a.pem", "ssl_cert and ssl_cert_key must be given together"],
    ["ssl_cipher_suite = custom", "ssl_ciphers must be given"],
    ["node_id = 1", "node_id must be a valid UUID"],
    ["port_maps = 80", "port_maps"],
    ["vaults = aws", "vault 'aws' is not installed"],
  ])("%s is told", (text, message) => {
    expect(problems(text)).toEqual([expect.stringContaining(message)]);
  });

  test("is told all at once", () => {
    expect(problems("log_level = zz\ndatabase = x\npg_port = y\n")).toHaveLength(3);
  });
});

describe("what has no effect", () => {
  test("is told, with what to use instead", () => {
    expect(conf("tracing_instrumentations = all\nnginx_events_multi_accept = on\nnope = 1").warnings).toEqual(
      [
        "tracing_instrumentations has no effect: there is no tracing yet",
        "nginx_events_multi_accept has no effect: there is no nginx here",
        "nope is no property",
      ],
    );
  });

  test("is not told when it is left alone", () => {
    expect(conf("worker_consistency = strict").warnings).toEqual([]);
  });

  test("an old name means the new one", () => {
    const { workers, warnings } = conf("nginx_main_worker_processes = 3");
    expect([workers, warnings]).toEqual([
      3,
      ["nginx_main_worker_processes is called nginx_worker_processes"],
    ]);
  });
});

test("limits, pools and fields follow their properties", () => {
  const { limits, pool, response, portMap, accessLog, realIp } = conf(
    [
      "nginx_http_large_client_header_buffers = 2 16k",
      "nginx_http_client_max_body_size = 1m",
      "nginx_http_keepalive_timeout = 5s",
      "upstream_keepalive_idle_timeout = 7",
      "headers = Via, X-Kong-Upstream-Status",
      "port_maps = 80:8000, 443:8443",
      "proxy_access_log = logs/a.log json",
      "real_ip_header = X-Forwarded-For",
    ].join("\n"),
  );
  expect(limits).toMatchObject({ maxLineBytes: 16_384, maxHeadBytes: 32_768, maxBodyBytes: 2 ** 20 });
  expect([limits.keepAliveMs, pool.idleMs]).toEqual([5_000, 7_000]);
  expect(response).toMatchObject({ hasServer: false, hasVia: true, upstreamStatus: true, requestId: false });
  expect(portMap).toEqual([
    [8000, 80],
    [8443, 443],
  ]);
  expect([accessLog?.format, realIp.header]).toEqual(["json", "x-forwarded-for"]);
});

test("the page on sallyport.conf is made from the properties", () => {
  const page = path.resolve(import.meta.dirname, "../../docs/sallyport.conf.md");
  expect(readFileSync(page, "utf8")).toBe(manual());
});
