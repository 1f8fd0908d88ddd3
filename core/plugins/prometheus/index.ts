import { definePlugin, type Exchange, labelsOf, type Metrics } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

/** Upper bounds in milliseconds; what is longer counts as +Inf. */
const kongBuckets = [1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000, 3000, 6000];
const upstreamBuckets = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** Names of a histogram's series; made once for each set of labels, of which there are as many as routes. */
interface Histogram {
  readonly bounds: readonly number[];
  readonly buckets: readonly string[];
  readonly infinite: string;
  readonly count: string;
  readonly sum: string;
}

const histogram = (name: string, labels: string, bounds: readonly number[]): Histogram => ({
  bounds,
  buckets: bounds.map((bound) => `${name}_bucket{${labels},le="${bound}"}`),
  infinite: `${name}_bucket{${labels},le="+Inf"}`,
  count: `${name}_count{${labels}}`,
  sum: `${name}_sum{${labels}}`,
});

const observe = (
  metrics: Metrics,
  { bounds, buckets, infinite, count, sum }: Histogram,
  value: number,
): void => {
  for (const [i, bucket] of buckets.entries()) metrics.add(bucket, value <= bounds[i]! ? 1 : 0);
  metrics.add(infinite, 1);
  metrics.add(count, 1);
  metrics.add(sum, value);
};

/** Counts exchanges for Prometheus; requests without a route are not counted. */
export const prometheus = definePlugin<Config>({
  ...schema,
  create(config, { metrics, clock }) {
    const made = new Map<string, { request: Histogram; upstream: Histogram; kong: Histogram }>();
    const histogramsOf = (labels: string) => {
      let found = made.get(labels);
      if (found === undefined) {
        found = {
          request: histogram("kong_request_latency_ms", labels, upstreamBuckets),
          upstream: histogram("kong_upstream_latency_ms", labels, upstreamBuckets),
          kong: histogram("kong_kong_latency_ms", labels, kongBuckets),
        };
        made.set(labels, found);
      }
      return found;
    };

    const countLatencies = (exchange: Exchange, labels: string): void => {
      const { proxyLatencyMs, upstreamLatencyMs, startedAtMs } = exchange;
      const { request, upstream, kong } = histogramsOf(labels);
      const requestMs = Math.max(0, clock.nowMs() - startedAtMs);
      observe(metrics, request, requestMs);
      if (upstreamLatencyMs >= 0) observe(metrics, upstream, upstreamLatencyMs);
      observe(metrics, kong, proxyLatencyMs >= 0 ? proxyLatencyMs : requestMs);
    };

    return {
      log(exchange) {
        const { route, service, request, response, sentBytes } = exchange;
        if (route === undefined) return;
        const place = {
          service: service?.name ?? service?.host ?? "",
          route: route.name ?? route.id,
        };
        const tail = {
          workspace: "default",
          consumer: config.per_consumer ? (exchange.consumer?.username ?? "") : "",
        };
        if (config.status_code_metrics) {
          const source = response.source === "service" ? "service" : "kong";
          const code = String(response.status);
          metrics.add(`kong_http_requests_total{${labelsOf({ ...place, code, source, ...tail })}}`, 1);
        }
        if (config.bandwidth_metrics) {
          const bytes = { ingress: request.sizeBytes, egress: sentBytes };
          for (const [direction, count] of Object.entries(bytes))
            metrics.add(`kong_bandwidth_bytes{${labelsOf({ ...place, direction, ...tail })}}`, count);
        }
        if (config.latency_metrics) countLatencies(exchange, labelsOf({ ...place, workspace: "default" }));
      },
    };
  },
});
