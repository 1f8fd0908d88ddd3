import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const counted = async (
  config: Record<string, unknown>,
  rest: Record<string, unknown> = {},
  more: unknown[] = [],
) => {
  const plugins = [{ name: "prometheus", config }, ...(more as Record<string, unknown>[])];
  const all = gatewayOn(oneRoute(plugins, rest));
  await all.client.send({ target: "/t", headers: [["apikey", "k"]] });
  return all.gateway.metrics();
};
const place = 'service="s",route="r"';

describe("counted are", () => {
  test("nothing, unless it is asked for", async () => {
    expect(await counted({})).toEqual({});
  });

  test("requests by status and source", async () => {
    const name = `kong_http_requests_total{${place},code="200",source="service",workspace="default",consumer=""}`;
    expect(await counted({ status_code_metrics: true })).toEqual({ [name]: 1 });
    const refused = await counted({ status_code_metrics: true }, {}, [{ name: "key-auth" }]);
    expect(Object.keys(refused)[0]).toContain('code="401",source="kong"');
  });

  test("consumers by name", async () => {
    const consumers = [{ username: 'a"\\', keyauth_credentials: [{ key: "k" }] }];
    const found = await counted({ status_code_metrics: true, per_consumer: true }, { consumers }, [
      { name: "key-auth" },
    ]);
    expect(Object.keys(found)[0]).toContain('consumer="a\\"\\\\"');
  });

  test("bytes in both directions", async () => {
    const names = Object.keys(await counted({ bandwidth_metrics: true }));
    expect(names).toEqual(
      ["ingress", "egress"].map(
        (direction) =>
          `kong_bandwidth_bytes{${place},direction="${direction}",workspace="default",consumer=""}`,
      ),
    );
  });

  test("times in buckets that hold each other", async () => {
    const found = await counted({ latency_metrics: true });
    const labels = `${place},workspace="default"`;
    expect(found[`kong_request_latency_ms_bucket{${labels},le="25"}`]).toBe(1);
    expect(found[`kong_kong_latency_ms_bucket{${labels},le="1"}`]).toBe(1);
    expect(found[`kong_upstream_latency_ms_bucket{${labels},le="+Inf"}`]).toBe(1);
    expect(found[`kong_upstream_latency_ms_count{${labels}}`]).toBe(1);
  });

  test("no requests without a route", async () => {
    const all = gatewayOn({ plugins: [{ name: "prometheus", config: { status_code_metrics: true } }] });
    await all.client.send({ target: "/nowhere" });
    expect(all.gateway.metrics()).toEqual({});
  });
});
