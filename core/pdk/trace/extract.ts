import type { HeaderList } from "../../http/headers.ts";
import { type Format, fromDecimal, isId, type Parent, resized } from "./context.ts";

type Extractor = (headers: HeaderList) => Parent | undefined;

const flagOf = (text: string | undefined): boolean | undefined => {
  switch (text?.toLowerCase()) {
    case "1":
    case "true":
    case "d":
      return true;
    case "0":
    case "false":
      return false;
    default:
      return undefined;
  }
};

const parent = (
  format: Format,
  traceId: string | undefined,
  spanId: string | undefined,
  isSampled: boolean | undefined,
): Parent => ({ format, traceId: traceId?.toLowerCase(), spanId: spanId?.toLowerCase(), isSampled });

/** @see W3C Trace Context §3.2 */
const w3c: Extractor = (headers) => {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/i.exec(headers.get("traceparent") ?? "");
  if (match === null || !isId(match[1], 32) || !isId(match[2], 16)) return undefined;
  return parent("w3c", match[1], match[2], (Number.parseInt(match[3]!, 16) & 1) === 1);
};

/** `trace-span-sampled-parent`, or the decision alone. */
const b3Single = (text: string): Parent | undefined => {
  if (/^[01d]$/i.test(text)) return parent("b3-single", undefined, undefined, flagOf(text));
  const [traceId, spanId, sampled, parentId] = text.split("-");
  if (!isId(traceId, 16, 32) || !isId(spanId, 16)) return undefined;
  if (parentId !== undefined && !isId(parentId, 16)) return undefined;
  return parent("b3-single", traceId, spanId, flagOf(sampled));
};

const b3: Extractor = (headers) => {
  const single = headers.get("b3");
  const state = headers.get("tracestate");
  const told = single ?? (state?.startsWith("b3=") ? state.slice(3) : undefined);
  const found = told === undefined ? undefined : b3Single(told);
  if (found !== undefined) return found;
  const traceId = headers.get("x-b3-traceid");
  const spanId = headers.get("x-b3-spanid");
  const isSampled = headers.get("x-b3-flags") === "1" || flagOf(headers.get("x-b3-sampled"));
  const hasIds = isId(traceId, 16, 32) && isId(spanId, 16);
  if (hasIds) return parent("b3", traceId, spanId, isSampled);
  if (isSampled !== undefined) return parent("b3", undefined, undefined, isSampled);
  // Kong 3.9 takes any tracestate for B3's: a new trace begins, told the same way.
  return state === undefined ? undefined : parent("b3", undefined, undefined, undefined);
};

const jaeger: Extractor = (headers) => {
  const text = headers.get("uber-trace-id");
  if (text === undefined) return undefined;
  const [traceId = "", spanId = "", , flags = ""] = text.replaceAll(/%3a/gi, ":").split(":");
  if (!/^[0-9a-f]{1,32}$/i.test(traceId) || !/^[0-9a-f]{1,16}$/i.test(spanId)) return undefined;
  const trace = resized(traceId, traceId.length > 16 ? 32 : 16);
  const span = resized(spanId, 16);
  if (!isId(trace, 16, 32) || !isId(span, 16) || !/^[0-9a-f]{1,2}$/i.test(flags)) return undefined;
  return parent("jaeger", trace, span, (Number.parseInt(flags, 16) & 1) === 1);
};

const ot: Extractor = (headers) => {
  const traceId = headers.get("ot-tracer-traceid");
  const spanId = headers.get("ot-tracer-spanid");
  const isSampled = flagOf(headers.get("ot-tracer-sampled"));
  if (!isId(traceId, 16, 32) || !isId(spanId, 16))
    return isSampled === undefined ? undefined : parent("ot", undefined, undefined, isSampled);
  return parent("ot", traceId, spanId, isSampled);
};

const datadog: Extractor = (headers) => {
  const traceId = fromDecimal(headers.get("x-datadog-trace-id") ?? "");
  const spanId = fromDecimal(headers.get("x-datadog-parent-id") ?? "");
  const priority = headers.get("x-datadog-sampling-priority");
  const isSampled = priority === undefined ? undefined : Number(priority) > 0;
  return traceId === undefined ? undefined : parent("datadog", traceId, spanId, isSampled);
};

const aws: Extractor = (headers) => {
  const fields = new Map(
    (headers.get("x-amzn-trace-id") ?? "").split(";").map((part) => {
      const [name = "", value = ""] = part.trim().split("=", 2);
      return [name.toLowerCase(), value] as const;
    }),
  );
  const root = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i.exec(fields.get("root") ?? "");
  const traceId = root === null ? undefined : root[1]! + root[2]!;
  const spanId = fields.get("parent");
  if (!isId(traceId, 32)) return undefined;
  return parent("aws", traceId, isId(spanId, 16) ? spanId : undefined, flagOf(fields.get("sampled")));
};

const gcp: Extractor = (headers) => {
  const match = /^([0-9a-f]{32})\/(\d{1,20})(?:;o=([0-9]))?$/i.exec(
    headers.get("x-cloud-trace-context") ?? "",
  );
  if (match === null || !isId(match[1], 32)) return undefined;
  const spanId = fromDecimal(match[2]!);
  return spanId === undefined ? undefined : parent("gcp", match[1], spanId, flagOf(match[3]));
};

const instana: Extractor = (headers) => {
  const traceId = headers.get("x-instana-t");
  const spanId = headers.get("x-instana-s");
  if (!isId(traceId, 16, 32) || !isId(spanId, 16)) return undefined;
  return parent("instana", traceId, spanId, flagOf(headers.get("x-instana-l")?.slice(0, 1)));
};

export const extractors = { w3c, b3, jaeger, ot, datadog, aws, gcp, instana } as const;
export type Extractable = keyof typeof extractors;
