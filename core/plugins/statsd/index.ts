import {
  definePlugin,
  type Exchange,
  type Handled,
  Queue,
  queueOptions,
  socketsOf,
} from "../../pdk/index.ts";
import { whenReady } from "../../ready.ts";
import { lineOf, packets } from "./line.ts";
import { type Config, type Metric, schema } from "./schema.ts";
import { consumerOf, measured, serviceOf, workspaceOf } from "./values.ts";

const encoder = new TextEncoder();
const zoneIntervalMs = 60_000;

/** What tags tell, so that names need not: one series a user would tell the same twice. */
const inTags = new Set([
  "status_count",
  "unique_users",
  "request_per_user",
  "status_count_per_user",
  "status_count_per_workspace",
  "status_count_per_user_per_route",
]);

/** Tells a StatsD server of each exchange. */
export const statsd = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const sockets = socketsOf(host);
    const { timers, random, clock, node, counters } = host;
    const style = config.tag_style;
    const hostname = node.hostname.replaceAll(".", "_");
    const prefix = [config.prefix, ...(config.hostname_in_prefix ? [hostname] : [])].join(".");
    const ranges = config.allow_status_codes?.map((range) => range.split("-").map(Number));
    const metrics = config.metrics ?? [];
    const server = [config.host ?? "localhost", config.port ?? 8125] as const;
    const stream = config.use_tcp
      ? sockets.stream({
          host: server[0],
          port: server[1],
          timeoutMs: 10_000,
          keepAliveMs: 60_000,
          tls: undefined,
        })
      : undefined;

    const send = async (lines: readonly string[]): Promise<void> => {
      if (stream !== undefined) return stream.write(encoder.encode(`${lines.join("\n")}\n`));
      const all = packets(lines, config.udp_packet_size ?? 0);
      await Promise.all(all.map((packet) => sockets.datagram(...server, encoder.encode(packet))));
    };
    const options = queueOptions(config.queue, config.queue_size, config.flush_timeout);
    const queue = new Queue<readonly string[]>("statsd", options, host, (groups) => send(groups.flat()));

    const tagsOf = (exchange: Exchange, metric: Metric): [string, string][] => {
      const tags: [string, string | undefined][] = [
        ["service", serviceOf(exchange, metric, config)],
        ["route", exchange.route?.name ?? exchange.route?.id],
        ["workspace", workspaceOf(metric, config)],
        ["consumer", consumerOf(exchange, metric, config)],
        ["node", node.hostname],
        ["status", String(exchange.response.status)],
      ];
      return tags.filter((tag): tag is [string, string] => tag[1] !== undefined);
    };

    const lineFor = (exchange: Exchange, metric: Metric): string | undefined => {
      if (style !== null && inTags.has(metric.name)) return undefined;
      const rate = metric.sample_rate ?? 1;
      if (rate < 1 && random.fraction() >= rate) return undefined;
      const found = measured(exchange, metric, config, clock.nowMs());
      if (found === undefined) return undefined;
      const [stat, value] = found;
      if (style !== null) return lineOf(`${prefix}.${stat}`, value, metric, style, tagsOf(exchange, metric));
      const service = serviceOf(exchange, metric, config);
      const scope =
        metric.name === "status_count_per_user_per_route"
          ? `route.${exchange.route?.id}`
          : service === undefined
            ? "global.unmatched"
            : `service.${service}`;
      return lineOf(`${prefix}.${scope}.${stat}`, value, metric, null, []);
    };

    const usage = metrics.find(({ name }) => name === "shdict_usage");
    const tellZone = (metric: Metric): Promise<void> | void =>
      whenReady(counters.freeBytes(), (free) => {
        const tell = (what: string, value: number): string =>
          style === null
            ? lineOf(
                `${prefix}.node.${hostname}.shdict.kong_rate_limiting_counters.${what}`,
                value,
                metric,
                null,
                [],
              )
            : lineOf(`${prefix}.shdict.kong_rate_limiting_counters.${what}`, value, metric, style, [
                ["node", node.hostname],
              ]);
        return send([tell("free_space", free), tell("capacity", counters.capacityBytes)]);
      });
    const stop =
      usage !== undefined && node.worker === 0
        ? timers.every(zoneIntervalMs, "statsd: zones", () => tellZone(usage))
        : undefined;

    return {
      close() {
        stop?.();
        stream?.close();
      },
      log(exchange): Handled {
        const { status } = exchange.response;
        if (ranges?.every(([from, to]) => status < from! || status > to!)) return undefined;
        const lines = metrics.flatMap((metric) => lineFor(exchange, metric) ?? []);
        return lines.length === 0 ? undefined : queue.push(lines);
      },
    };
  },
});
