import { expect, test } from "vitest";
import { loadConf } from "./load.ts";
import { shownConf } from "./shown.ts";

const shown = (environment: Record<string, string>): Record<string, unknown> =>
  shownConf(loadConf({ environment }).texts);

test("secrets are not shown, and what is empty is left out", () => {
  const { pg_password, admin_token, pg_schema } = shown({
    KONG_PG_PASSWORD: "open sesame",
    KONG_ADMIN_TOKEN: "open sesame",
  });
  expect([pg_password, admin_token, pg_schema]).toEqual(["******", "******", undefined]);
});

test("values have their types", () => {
  expect(shown({ KONG_TRUSTED_IPS: "10.0.0.0/8, ::1", KONG_PG_PORT: "5433" })).toMatchObject({
    pg_port: 5433,
    pg_ssl: false,
    wasm: false,
    worker_state_update_frequency: 5,
    trusted_ips: ["10.0.0.0/8", "::1"],
    database: "sqlite",
    plugins: ["bundled"],
  });
});

test("listeners are taken apart", () => {
  const { proxy_listen, proxy_listeners, status_listeners } = shown({
    KONG_PROXY_LISTEN: "0.0.0.0:8000 reuseport backlog=16384, [::1]:8443 http2 ssl",
  });
  expect(proxy_listen).toEqual(["0.0.0.0:8000 reuseport backlog=16384", "[::1]:8443 http2 ssl"]);
  expect(proxy_listeners).toEqual([
    {
      ip: "0.0.0.0",
      port: 8000,
      ssl: false,
      http2: false,
      proxy_protocol: false,
      reuseport: true,
      deferred: false,
      bind: false,
      "backlog=16384": true,
      listener: "0.0.0.0:8000 reuseport backlog=16384",
    },
    {
      ip: "[::1]",
      port: 8443,
      ssl: true,
      http2: true,
      proxy_protocol: false,
      reuseport: false,
      deferred: false,
      bind: false,
      listener: "[::1]:8443 http2 ssl",
    },
  ]);
  expect(status_listeners).toEqual([]);
});
