import type { HeaderList } from "../../http/headers.ts";
import { type Current, type Format, resized, toDecimal } from "./context.ts";

type Injector = (headers: HeaderList, current: Current) => string;

const long = ({ traceId }: Current): string => resized(traceId, 32);
const bit = ({ isSampled }: Current): string => (isSampled ? "1" : "0");

/** Each writes the headers of its format and returns the trace's identifier as it stands there. */
export const injectors: Readonly<Record<Format, Injector>> = {
  w3c(headers, current) {
    headers.set("traceparent", `00-${long(current)}-${current.spanId}-0${bit(current)}`);
    return long(current);
  },
  b3(headers, current) {
    headers.set("x-b3-traceid", current.traceId);
    headers.set("x-b3-spanid", current.spanId);
    if (current.parentId === undefined) headers.delete("x-b3-parentspanid");
    else headers.set("x-b3-parentspanid", current.parentId);
    headers.set("x-b3-sampled", bit(current));
    return current.traceId;
  },
  "b3-single"(headers, current) {
    const tail = current.parentId === undefined ? "" : `-${current.parentId}`;
    headers.set("b3", `${current.traceId}-${current.spanId}-${bit(current)}${tail}`);
    return current.traceId;
  },
  jaeger(headers, current) {
    const { traceId, spanId, parentId = "0" } = current;
    headers.set("uber-trace-id", `${traceId}:${spanId}:${parentId}:0${bit(current)}`);
    return traceId;
  },
  ot(headers, current) {
    headers.set("ot-tracer-traceid", current.traceId);
    headers.set("ot-tracer-spanid", current.spanId);
    headers.set("ot-tracer-sampled", bit(current));
    return current.traceId;
  },
  aws(headers, current) {
    const id = long(current);
    const root = `1-${id.slice(0, 8)}-${id.slice(8)}`;
    headers.set("x-amzn-trace-id", `Root=${root};Parent=${current.spanId};Sampled=${bit(current)}`);
    return root;
  },
  datadog(headers, current) {
    const id = toDecimal(current.traceId);
    headers.set("x-datadog-trace-id", id);
    headers.set("x-datadog-parent-id", toDecimal(current.spanId));
    headers.set("x-datadog-sampling-priority", bit(current));
    return id;
  },
  gcp(headers, current) {
    const id = long(current);
    headers.set("x-cloud-trace-context", `${id}/${toDecimal(current.spanId)};o=${bit(current)}`);
    return id;
  },
  instana(headers, current) {
    headers.set("x-instana-t", current.traceId);
    headers.set("x-instana-s", current.spanId);
    headers.set("x-instana-l", bit(current));
    return current.traceId;
  },
};
