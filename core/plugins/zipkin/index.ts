import { definePlugin, type Exchange, type Handled, Queue } from "../../pdk/index.ts";
import { newId, type Parent, Propagation, resized } from "../../pdk/trace/index.ts";
import { type Config, schema } from "./schema.ts";
import { currentOf, spansOf, type Trace } from "./spans.ts";

const traceKey = Symbol("zipkin");

/** Tells the way of exchanges to Zipkin, or to whoever takes its spans. */
export const zipkin = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const { random, clock } = host;
    const { propagation: options, default_header_type: oldDefault, http_endpoint: url } = config;
    const isOldDefault = oldDefault !== "b3";
    const propagation = new Propagation(
      isOldDefault ? { ...options, default_format: oldDefault } : options,
      config.header_type,
    );
    const timeouts = [config.connect_timeout, config.send_timeout, config.read_timeout];
    const timeoutMs = timeouts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
    const queue =
      url === null
        ? undefined
        : new Queue("zipkin", config.queue, host, async (groups) => {
            const { status } = await host.fetcher.send({
              method: "POST",
              url,
              headers: [["Content-Type", "application/json"]],
              body: `[${groups.join(",")}]`,
              timeoutMs,
            });
            if (status >= 300) throw new Error(`${url} answered ${status}`);
          });

    const begin = ({ shared }: Exchange, parent: Parent | undefined): Trace => {
      const isSampled = parent?.isSampled ?? random.fraction() < (config.sample_ratio ?? 0.001);
      const trace: Trace = {
        traceId: parent?.traceId ?? newId(random, config.traceid_byte_count),
        parentId: parent?.traceId === undefined ? undefined : parent.spanId,
        requestSpanId: newId(random, 8),
        proxySpanId: newId(random, 8),
        isSampled,
        accessedAtMs: clock.nowMs(),
        headAtMs: undefined,
      };
      shared.set(traceKey, trace);
      return trace;
    };
    const traceOf = (exchange: Exchange): Trace =>
      (exchange.shared.get(traceKey) as Trace | undefined) ?? begin(exchange, undefined);

    return {
      access(exchange) {
        const parent = propagation.extract(exchange.request.headers);
        propagation.inject(exchange, parent, currentOf(begin(exchange, parent)));
      },
      headerFilter(exchange) {
        const trace = traceOf(exchange);
        trace.headAtMs = clock.nowMs();
        const name = config.http_response_header_for_traceid;
        if (name !== null)
          exchange.response.headers.set(name, resized(trace.traceId, config.traceid_byte_count * 2));
      },
      ...(queue && {
        log(exchange: Exchange): Handled {
          const trace = traceOf(exchange);
          if (!trace.isSampled) return undefined;
          const spans = spansOf(exchange, trace, config, clock.nowMs(), random);
          return queue.push(spans.map((span) => JSON.stringify(span)).join(","));
        },
      }),
    };
  },
});
