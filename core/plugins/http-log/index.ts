import { toByteString } from "../../http/utf8.ts";
import { toBase64 } from "../../http/base64.ts";
import { customFields, definePlugin, logRecord, Queue, queueOptions } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

const encoder = new TextEncoder();

interface Endpoint {
  readonly url: string;
  readonly headers: [string, string][];
}

const endpointOf = (config: Config): Endpoint => {
  const url = new URL(config.http_endpoint);
  const headers: [string, string][] = [["Content-Type", config.content_type ?? "application/json"]];
  for (const [name, value] of Object.entries(config.headers ?? {})) headers.push([name, toByteString(value)]);
  if (url.username !== "" || url.password !== "") {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.push(["Authorization", `Basic ${toBase64(encoder.encode(login))}`]);
  }
  url.username = "";
  url.password = "";
  url.hash = "";
  // Kong sends to the path alone.
  url.search = "";
  return { url: url.href, headers };
};

/** Sends a record of each exchange to an HTTP server. */
export const httpLog = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const { url, headers } = endpointOf(config);
    const options = queueOptions(config.queue, config.queue_size, config.flush_timeout);
    const isSingle = (options.max_batch_size ?? 1) === 1;
    const adjust = customFields(config.custom_fields_by_lua);
    const queue = new Queue("http-log", options, host, async (texts) => {
      const { status } = await host.fetcher.send({
        method: config.method ?? "POST",
        url,
        headers,
        body: isSingle ? texts[0]! : `[${texts.join(",")}]`,
        timeoutMs: config.timeout ?? 10_000,
      });
      if (status >= 300) throw new Error(`${url} answered ${status}`);
    });
    return {
      log(exchange) {
        const record = logRecord(exchange, host.clock.nowMs());
        adjust(record);
        return queue.push(JSON.stringify(record));
      },
    };
  },
});
