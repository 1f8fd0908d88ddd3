import { defaultWorkspaceId } from "../../entities/index.ts";
import type { Exchange } from "../../pdk/index.ts";
import type { Config, Metric } from "./schema.ts";

/** Dots part the names of metrics. */
const part = (text: string): string => text.replaceAll(".", "_");

export const consumerOf = ({ consumer }: Exchange, metric: Metric, config: Config): string | undefined => {
  const by = metric.consumer_identifier ?? config.consumer_identifier_default;
  const value = by === "consumer_id" ? consumer?.id : consumer?.[by];
  return value === undefined || value === null ? undefined : part(value);
};

export const serviceOf = ({ service }: Exchange, metric: Metric, config: Config): string | undefined => {
  if (service === undefined) return undefined;
  const by = metric.service_identifier ?? config.service_identifier_default;
  const found = {
    service_id: service.id,
    service_name: service.name,
    service_host: service.host,
    service_name_or_host: service.name ?? service.host,
  }[by];
  return found === undefined || found === null ? undefined : part(found);
};

export const workspaceOf = (metric: Metric, config: Config): string =>
  (metric.workspace_identifier ?? config.workspace_identifier_default) === "workspace_id"
    ? defaultWorkspaceId
    : "default";

/** What comes behind the scope, and its value; undefined where the exchange has none. */
export const measured = (
  exchange: Exchange,
  metric: Metric,
  config: Config,
  nowMs: number,
): readonly [stat: string, value: number | string] | undefined => {
  const { proxyLatencyMs, upstreamLatencyMs, startedAtMs, response, request, sentBytes } = exchange;
  const wholeMs = Math.max(0, nowMs - startedAtMs);
  const consumer = consumerOf(exchange, metric, config);
  const ofUser = (stat: string) =>
    consumer === undefined ? undefined : ([`user.${consumer}.${stat}`, 1] as const);
  switch (metric.name) {
    case "request_count":
      return ["request.count", 1];
    case "request_size":
      return ["request.size", request.sizeBytes];
    case "response_size":
      return ["response.size", sentBytes];
    case "latency":
      return ["latency", wholeMs];
    case "upstream_latency":
      return upstreamLatencyMs < 0 ? undefined : ["upstream_latency", upstreamLatencyMs];
    case "kong_latency":
      return ["kong_latency", proxyLatencyMs < 0 ? wholeMs : proxyLatencyMs];
    case "status_count":
      return [`status.${response.status}`, 1];
    case "status_count_per_workspace":
      return [`workspace.${workspaceOf(metric, config)}.status.${response.status}`, 1];
    case "unique_users":
      return consumer === undefined ? undefined : ["user.uniques", consumer];
    case "request_per_user":
      return ofUser("request.count");
    case "status_count_per_user":
    case "status_count_per_user_per_route":
      return ofUser(`status.${response.status}`);
    default:
      return undefined;
  }
};
