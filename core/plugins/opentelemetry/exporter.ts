import { toByteString } from "../../http/utf8.ts";
import { type PluginHost, Queue, queueOptions } from "../../pdk/index.ts";
import { type Attributes, encodeExport } from "./otlp.ts";
import type { Config } from "./schema.ts";

/** Records on their way to a collector. */
export const exporter = (name: string, url: string, config: Config, host: PluginHost): Queue<Uint8Array> => {
  const { queue, batch_span_count, batch_flush_delay } = config;
  const unset = { batchSize: 200, delaySeconds: 3 };
  const options = queueOptions(queue, batch_span_count, batch_flush_delay, unset);
  const headers: [string, string][] = [
    ["Content-Type", "application/x-protobuf"],
    ...Object.entries(config.headers ?? {}).map(([key, value]): [string, string] => [
      key,
      toByteString(value),
    ]),
  ];
  const resource: Attributes = {
    "service.name": "kong",
    "service.version": host.version,
    "service.instance.id": host.node.id,
    ...config.resource_attributes,
  };
  const timeouts = [config.connect_timeout, config.send_timeout, config.read_timeout];
  const timeoutMs = timeouts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
  return new Queue(name, options, host, async (records) => {
    const body = encodeExport(resource, records);
    const { status } = await host.fetcher.send({ method: "POST", url, headers, body, timeoutMs });
    if (status >= 300) throw new Error(`${url} answered ${status}`);
  });
};
