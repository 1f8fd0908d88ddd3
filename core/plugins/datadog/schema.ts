import { array, host, number, port, queue, record, string } from "../../schema/index.ts";
import { consumerIdentifiers, metricTypes, needsSampleRate } from "../../pdk/metricfields.ts";
import { oldQueueFields } from "../../pdk/oldqueue.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const names = [
  "kong_latency",
  "latency",
  "request_count",
  "request_size",
  "response_size",
  "upstream_latency",
] as const;
const types = [...metricTypes, "distribution"] as const;

/** As Kong's default: without a sample rate. */
const timer = (name: (typeof names)[number]) =>
  ({ name, stat_type: "timer", tags: ["app:kong"], consumer_identifier: "custom_id" }) as never as Default;

interface Default {
  readonly name: (typeof names)[number];
  readonly stat_type: (typeof types)[number];
  readonly tags: string[];
  readonly sample_rate: number | null;
  readonly consumer_identifier: "custom_id";
}

export const config = record(
  {
    host: host({ default: "localhost", referenceable: true, doc: "Host name or address of the agent." }),
    port: port({ default: 8125, doc: "Its port." }),
    prefix: string({ default: "kong", doc: "What the names of metrics begin with." }),
    service_name_tag: string({ default: "name", doc: "The tag of the service." }),
    status_tag: string({ default: "status", doc: "The tag of the status." }),
    consumer_tag: string({ default: "consumer", doc: "The tag of the consumer." }),
    ...oldQueueFields,
    queue: queue("How metrics wait for their delivery."),
    metrics: array(
      record(
        {
          name: string({ required: true, one_of: names, doc: "What is measured." }),
          stat_type: string({ required: true, one_of: types, doc: "How the agent takes it." }),
          tags: array(string({ match: "^.*[^:]$" }), { doc: "Further tags: `name:value`." }),
          sample_rate: number({ between: [0, 1], doc: "The part of requests that is told." }),
          consumer_identifier: string({
            one_of: consumerIdentifiers,
            doc: "What the consumer is told by.",
          }),
        },
        { checks: needsSampleRate() },
      ),
      {
        required: true,
        default: [
          { ...timer("request_count"), stat_type: "counter", sample_rate: 1 },
          timer("latency"),
          timer("request_size"),
          timer("response_size"),
          timer("upstream_latency"),
          timer("kong_latency"),
        ],
        doc: "What is told.",
      },
    ),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "datadog",
  priority: 10,
  needs: () => "datagrams",
  config,
} satisfies PluginDeclaration;
