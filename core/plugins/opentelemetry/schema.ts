import {
  atLeastOneOf,
  headerName,
  httpProtocols,
  integer,
  map,
  number,
  queue,
  record,
  renamed,
  string,
  timeout,
  url,
} from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import { propagationField } from "../../pdk/trace/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    traces_endpoint: url({
      referenceable: true,
      doc: "Where spans are sent: OTLP over HTTP, in Protocol Buffers.",
    }),
    logs_endpoint: url({
      referenceable: true,
      doc: "Where the gateway's log records are sent, the same way.",
    }),
    headers: map(headerName(), string({ referenceable: true }), { doc: "Further headers to send." }),
    resource_attributes: map(string({ required: true }), string({ required: true }), {
      doc: "What to tell of the gateway, beside `service.name`, `service.version` and `service.instance.id`.",
    }),
    queue: queue("How records wait for their delivery.", { max_batch_size: 200 }),
    batch_span_count: integer({ doc: "An old name of `queue.max_batch_size`." }),
    batch_flush_delay: integer({ doc: "An old name of `queue.max_coalescing_delay`." }),
    connect_timeout: timeout({ default: 1000, doc: "Milliseconds to wait for a connection." }),
    send_timeout: timeout({ default: 5000, doc: "Milliseconds to wait while sending." }),
    read_timeout: timeout({ default: 5000, doc: "Milliseconds to wait for the answer." }),
    http_response_header_for_traceid: string({ doc: "A response header that tells clients the trace." }),
    header_type: string({
      required: false,
      default: "preserve",
      one_of: [
        "preserve",
        "ignore",
        "b3",
        "b3-single",
        "w3c",
        "jaeger",
        "ot",
        "aws",
        "gcp",
        "datadog",
        "instana",
      ],
      doc: "How to tell upstreams of the trace; `propagation` says more.",
    }),
    sampling_rate: number({
      between: [0, 1],
      doc: "The part of requests that is recorded; `tracing_sampling_rate` when absent.",
    }),
    propagation: propagationField("w3c"),
  },
  {
    required: true,
    checks: [atLeastOneOf("traces_endpoint", "logs_endpoint")],
    shorthands: {
      endpoint: {
        ...renamed(url({ referenceable: true }), "traces_endpoint", {
          message: "OpenTelemetry: config.endpoint is deprecated, please use config.traces_endpoint instead",
          removal_in_version: "4.0",
        }),
        // Of this old name Kong's answers say nothing.
        echoes: undefined,
      },
    },
  },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "opentelemetry",
  priority: 14,
  config,
  protocols: httpProtocols,
} satisfies PluginDeclaration;
