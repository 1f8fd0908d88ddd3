import {
  array,
  boolean,
  conditional,
  host,
  number,
  port,
  queue,
  record,
  string,
} from "../../schema/index.ts";
import { consumerIdentifiers, metricTypes, needsSampleRate } from "../../pdk/metricfields.ts";
import { oldQueueFields } from "../../pdk/oldqueue.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const names = [
  "kong_latency",
  "latency",
  "request_count",
  "request_per_user",
  "request_size",
  "response_size",
  "status_count",
  "status_count_per_user",
  "unique_users",
  "upstream_latency",
  "status_count_per_workspace",
  "status_count_per_user_per_route",
  "shdict_usage",
] as const;
const services = ["service_id", "service_name", "service_host", "service_name_or_host"] as const;
const workspaces = ["workspace_id", "workspace_name"] as const;

/** Metrics that make sense as one type only. */
const isOnly = (name: (typeof names)[number], type: (typeof metricTypes)[number]) =>
  conditional({
    if_field: "name",
    if_match: { eq: name },
    then_field: "stat_type",
    then_match: { eq: type },
  });

const metric = record(
  {
    name: string({ required: true, one_of: names, doc: "What is measured." }),
    stat_type: string({ required: true, one_of: metricTypes, doc: "How the server takes it." }),
    sample_rate: number({ gt: 0, doc: "The part of requests that is told." }),
    consumer_identifier: string({ one_of: consumerIdentifiers, doc: "What the consumer is told by." }),
    service_identifier: string({ one_of: services, doc: "What the service is told by." }),
    workspace_identifier: string({ one_of: workspaces, doc: "What the workspace is told by." }),
  },
  {
    checks: [
      isOnly("unique_users", "set"),
      ...(
        ["status_count", "status_count_per_user", "request_per_user", "status_count_per_workspace"] as const
      ).map((name) => isOnly(name, "counter")),
      isOnly("status_count_per_user_per_route", "counter"),
      isOnly("shdict_usage", "gauge"),
      ...needsSampleRate(),
    ],
  },
);

export type Metric = NonNullable<Infer<typeof metric>>;

/** As Kong's default: without what is not told. */
const told = (name: (typeof names)[number], stat_type: (typeof metricTypes)[number], sample_rate?: number) =>
  ({ name, stat_type, ...(sample_rate !== undefined && { sample_rate }) }) as never;

export const config = record(
  {
    host: host({ default: "localhost", doc: "Host name or address of the server." }),
    port: port({ default: 8125, doc: "Its port." }),
    prefix: string({ default: "kong", doc: "What the names of metrics begin with." }),
    metrics: array(metric, {
      default: [
        told("request_count", "counter", 1),
        told("latency", "timer"),
        told("request_size", "counter", 1),
        told("status_count", "counter", 1),
        told("response_size", "counter", 1),
        told("unique_users", "set"),
        told("request_per_user", "counter", 1),
        told("upstream_latency", "timer"),
        told("kong_latency", "timer"),
        told("status_count_per_user", "counter", 1),
        told("status_count_per_workspace", "counter", 1),
        told("status_count_per_user_per_route", "counter", 1),
        told("shdict_usage", "gauge", 1),
      ],
      doc: "What is told.",
    }),
    allow_status_codes: array(string({ match: "^%d%d%d%-%d%d%d$" }), {
      doc: "Ranges of statuses (`200-299`): other exchanges are not told.",
    }),
    udp_packet_size: number({
      default: 0,
      between: [0, 65_507],
      doc: "Bytes of a datagram that holds several metrics; 0 for one metric each.",
    }),
    use_tcp: boolean({ default: false, doc: "Send by TCP." }),
    hostname_in_prefix: boolean({ default: false, doc: "Put the node's host name behind the prefix." }),
    consumer_identifier_default: string({
      required: true,
      default: "custom_id",
      one_of: consumerIdentifiers,
      doc: "What consumers are told by, unless the metric says otherwise.",
    }),
    service_identifier_default: string({
      required: true,
      default: "service_name_or_host",
      one_of: services,
      doc: "What services are told by, unless the metric says otherwise.",
    }),
    workspace_identifier_default: string({
      required: true,
      default: "workspace_id",
      one_of: workspaces,
      doc: "What workspaces are told by, unless the metric says otherwise.",
    }),
    ...oldQueueFields,
    tag_style: string({
      one_of: ["dogstatsd", "influxdb", "librato", "signalfx"],
      doc: "Tell route, service and so on in tags of this style instead of in names.",
    }),
    queue: queue("How metrics wait for their delivery."),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "statsd",
  priority: 11,
  needs: () => "datagrams",
  config,
} satisfies PluginDeclaration;
