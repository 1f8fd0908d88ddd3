import { definePlugin, type Exchange, type Handled } from "../../pdk/index.ts";
import { newId, type Parent, Propagation, resized } from "../../pdk/trace/index.ts";
import { encodeLog, encodeSpan } from "./otlp.ts";
import { exporter } from "./exporter.ts";
import { type Config, schema } from "./schema.ts";
import { spansOf, type Trace } from "./spans.ts";

const traceKey = Symbol("opentelemetry");

/** Tells the way of exchanges, and the gateway's log, by OpenTelemetry. */
export const opentelemetry = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const { random, clock, tracing } = host;
    const propagation = new Propagation(config.propagation, config.header_type ?? "preserve");
    const { traces_endpoint: tracesUrl, logs_endpoint: logsUrl } = config;
    const spans = tracesUrl === null ? undefined : exporter("opentelemetry traces", tracesUrl, config, host);
    const logs = logsUrl === null ? undefined : exporter("opentelemetry logs", logsUrl, config, host);
    const rate = config.sampling_rate ?? tracing.samplingRate;

    const isSampled = (parent: Parent | undefined): boolean => {
      if (!tracing.isOn || spans === undefined) return false;
      if (parent?.isSampled === false) return false;
      return random.fraction() < rate;
    };

    const begin = (exchange: Exchange, parent: Parent | undefined): Trace => {
      const root = {
        traceId: parent?.traceId ?? newId(random, 16),
        spanId: newId(random, 8),
        parentId: parent?.traceId === undefined ? undefined : parent.spanId,
        isSampled: isSampled(parent),
      };
      const trace = { root, upstreamSpanId: root.isSampled ? newId(random, 8) : root.spanId };
      exchange.shared.set(traceKey, trace);
      return trace;
    };

    const stopListening =
      logs &&
      host.listenToLog((level, message, fields) => {
        // What the exporter itself complains about would never end.
        if (message.startsWith("opentelemetry ")) return;
        const requestId = fields?.["requestId"];
        const line = { atMs: clock.nowMs(), level, message };
        const attributes = typeof requestId === "string" ? { "request.id": requestId } : {};
        const record = encodeLog({ ...line, attributes: { "introspection.source": "local", ...attributes } });
        void logs.push(record, record.byteLength);
      });

    return {
      access(exchange) {
        const parent = propagation.extract(exchange.request.headers);
        const { root, upstreamSpanId } = begin(exchange, parent);
        const told = root.isSampled ? { ...root, spanId: upstreamSpanId, parentId: root.spanId } : root;
        propagation.inject(exchange, parent, told);
      },
      ...(config.http_response_header_for_traceid !== null && {
        headerFilter({ shared, response }: Exchange) {
          const trace = shared.get(traceKey) as Trace | undefined;
          if (trace === undefined) return;
          response.headers.set(config.http_response_header_for_traceid!, resized(trace.root.traceId, 32));
        },
      }),
      ...(spans && {
        log(exchange: Exchange): Handled {
          const trace = (exchange.shared.get(traceKey) as Trace | undefined) ?? begin(exchange, undefined);
          if (!trace.root.isSampled) return undefined;
          const made = spansOf(exchange, trace, clock.nowMs(), random).map(encodeSpan);
          return Promise.all(made.map((span) => spans.push(span, span.byteLength))).then(() => undefined);
        },
      }),
      ...(stopListening && { close: stopListening }),
    };
  },
});
