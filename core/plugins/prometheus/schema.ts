import { boolean, record } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const flag = (doc: string) => boolean({ default: false, doc });

export const config = record(
  {
    per_consumer: flag("Tell the consumer of requests and bytes."),
    status_code_metrics: flag("Count requests by status."),
    ai_metrics: flag("Count requests to language models."),
    latency_metrics: flag("Tell how long requests take."),
    bandwidth_metrics: flag("Count bytes in both directions."),
    upstream_health_metrics: flag("Tell the health of targets."),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "prometheus",
  priority: 13,
  config,
} satisfies PluginDeclaration;
