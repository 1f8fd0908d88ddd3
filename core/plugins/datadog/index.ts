import {
  definePlugin,
  type Exchange,
  type Handled,
  Queue,
  queueOptions,
  socketsOf,
} from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

type Metric = Config["metrics"][number];

const encoder = new TextEncoder();
const letters: Readonly<Record<Metric["stat_type"], string>> = {
  counter: "c",
  gauge: "g",
  histogram: "h",
  meter: "m",
  set: "s",
  timer: "ms",
  distribution: "d",
};

const consumerOf = ({ consumer }: Exchange, by: Metric["consumer_identifier"]): string | undefined => {
  if (consumer === undefined || by === null) return undefined;
  const value = by === "consumer_id" ? consumer.id : consumer[by];
  return value ?? undefined;
};

/** Tells a Datadog agent of each exchange, by UDP. */
export const datadog = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const sockets = socketsOf(host);
    const options = queueOptions(config.queue, config.queue_size, config.flush_timeout);
    const agent = [config.host ?? "localhost", config.port ?? 8125] as const;
    const queue = new Queue("datadog", options, host, async (groups) => {
      const lines = groups.flatMap((group) => group.split("\n"));
      await Promise.all(lines.map((line) => sockets.datagram(...agent, encoder.encode(line))));
    });

    /** Undefined where the exchange has no such value. */
    const valueOf = (exchange: Exchange, name: Metric["name"]): number | undefined => {
      const { proxyLatencyMs, upstreamLatencyMs, startedAtMs } = exchange;
      const wholeMs = Math.max(0, host.clock.nowMs() - startedAtMs);
      switch (name) {
        case "request_count":
          return 1;
        case "request_size":
          return exchange.request.sizeBytes;
        case "response_size":
          return exchange.sentBytes;
        case "latency":
          return wholeMs;
        case "upstream_latency":
          return upstreamLatencyMs < 0 ? undefined : upstreamLatencyMs;
        default:
          return proxyLatencyMs < 0 ? wholeMs : proxyLatencyMs;
      }
    };

    const lineOf = (exchange: Exchange, metric: Metric): string | undefined => {
      const value = valueOf(exchange, metric.name);
      const rate = metric.sample_rate ?? 1;
      if (value === undefined || (rate < 1 && host.random.fraction() >= rate)) return undefined;
      const { service, response } = exchange;
      const consumer = consumerOf(exchange, metric.consumer_identifier);
      const tags = [
        `${config.service_name_tag}:${service?.name ?? service?.host ?? ""}`,
        `${config.status_tag}:${response.status}`,
        ...(consumer === undefined ? [] : [`${config.consumer_tag}:${consumer}`]),
        ...(metric.tags ?? []),
      ];
      const name = metric.name.replace(/_(?=count$|size$)/, ".");
      const sampled = rate < 1 ? `|@${rate}` : "";
      return `${config.prefix}.${name}:${value}|${letters[metric.stat_type]}${sampled}|#${tags.join(",")}`;
    };

    return {
      log(exchange): Handled {
        const lines = config.metrics.flatMap((metric) => lineOf(exchange, metric) ?? []);
        return lines.length === 0 ? undefined : queue.push(lines.join("\n"));
      },
    };
  },
});
