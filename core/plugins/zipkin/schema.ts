import { array, boolean, integer, number, queue, record, string, timeout, url } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import { propagationField } from "../../pdk/trace/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const headerTypes = ["b3", "b3-single", "w3c", "jaeger", "ot", "aws", "datadog", "gcp", "instana"] as const;
const reserved = new Set(["error"]);

export const config = record(
  {
    local_service_name: string({
      required: true,
      default: "kong",
      doc: "What the gateway is called in spans.",
    }),
    http_endpoint: url({
      referenceable: true,
      doc: "Where spans are sent (Zipkin's API v2, JSON). Without it none are.",
    }),
    sample_ratio: number({
      default: 0.001,
      between: [0, 1],
      doc: "The part of requests that is recorded, where a request itself does not say.",
    }),
    default_service_name: string({ doc: "What a service without a name is called." }),
    include_credential: boolean({ required: true, default: true, doc: "Tell the credential's id." }),
    traceid_byte_count: integer({
      required: true,
      default: 16,
      one_of: [8, 16],
      doc: "Bytes of a new trace's id.",
    }),
    header_type: string({
      required: true,
      default: "preserve",
      one_of: ["preserve", "ignore", ...headerTypes],
      doc: "How to tell upstreams of the trace; `propagation` says more.",
    }),
    default_header_type: string({
      required: true,
      default: "b3",
      one_of: headerTypes,
      doc: "An old name of `propagation.default_format`.",
    }),
    tags_header: string({
      required: true,
      default: "Zipkin-Tags",
      doc: "A request header with tags: `a=1; b=2`.",
    }),
    static_tags: array(
      record(
        {
          name: string({
            required: true,
            doc: "The tag.",
            check: (name) => (reserved.has(name) ? `cannot be a reserved tag name: ${name}` : undefined),
          }),
          value: string({ required: true, doc: "Its value." }),
        },
        { doc: "A tag." },
      ),
      {
        doc: "Tags for every span of a request.",
        check(tags) {
          const names = tags.map(({ name }) => name);
          const repeated = names.find((name, i) => names.indexOf(name) < i);
          return repeated === undefined ? undefined : `repeated tags are not allowed: ${repeated}`;
        },
      },
    ),
    http_span_name: string({
      required: true,
      default: "method",
      one_of: ["method", "method_path"],
      doc: "What spans of requests are called.",
    }),
    connect_timeout: timeout({ default: 2000, doc: "Milliseconds to wait for a connection." }),
    send_timeout: timeout({ default: 5000, doc: "Milliseconds to wait while sending." }),
    read_timeout: timeout({ default: 5000, doc: "Milliseconds to wait for the answer." }),
    http_response_header_for_traceid: string({ doc: "A response header that tells clients the trace." }),
    phase_duration_flavor: string({
      required: true,
      default: "annotations",
      one_of: ["annotations", "tags"],
      doc: "How the time of a phase is told: when it began and ended, or how long it took.",
    }),
    queue: queue("How spans wait for their delivery."),
    propagation: propagationField("b3"),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "zipkin",
  priority: 100_000,
  config,
} satisfies PluginDeclaration;
