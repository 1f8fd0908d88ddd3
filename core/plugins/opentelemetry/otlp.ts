import { Message } from "./protobuf.ts";

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** A span as it is exported. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: "server" | "client";
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly attributes: Attributes;
  readonly isError: boolean;
}

/** A line of the gateway's log as it is exported. */
export interface LogLine {
  readonly atMs: number;
  readonly level: string;
  readonly message: string;
  readonly attributes: Attributes;
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;

const valueOf = (value: AttributeValue): Message => {
  const message = new Message();
  if (typeof value === "string") return message.text(1, value);
  if (typeof value === "boolean") return message.varint(2, value ? 1 : 0);
  return Number.isInteger(value) ? message.varint(3, value) : message.double(4, value);
};

const addAttributes = (into: Message, field: number, attributes: Attributes): Message => {
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) into.message(field, new Message().text(1, key).message(2, valueOf(value)));
  return into;
};

const kinds = { server: 2, client: 3 } as const;

/** @see opentelemetry/proto/trace/v1/trace.proto, Span */
export const encodeSpan = (span: Span): Uint8Array => {
  const message = new Message().bytes(1, bytesOf(span.traceId)).bytes(2, bytesOf(span.spanId));
  if (span.parentId !== undefined) message.bytes(4, bytesOf(span.parentId));
  message
    .text(5, span.name)
    .varint(6, kinds[span.kind])
    .fixed64(7, nanoseconds(span.startedAtMs))
    .fixed64(8, nanoseconds(span.endedAtMs));
  addAttributes(message, 9, span.attributes);
  if (span.isError) message.message(15, new Message().varint(3, 2));
  return message.encode();
};

const severities: Readonly<Record<string, number>> = {
  debug: 5,
  info: 9,
  notice: 11,
  warn: 13,
  error: 17,
  crit: 19,
  alert: 21,
  emerg: 23,
};

/** @see opentelemetry/proto/logs/v1/logs.proto, LogRecord */
export const encodeLog = ({ atMs, level, message, attributes, traceId, spanId }: LogLine): Uint8Array => {
  const record = new Message()
    .fixed64(1, nanoseconds(atMs))
    .varint(2, severities[level] ?? 0)
    .text(3, level.toUpperCase())
    .message(5, valueOf(message));
  addAttributes(record, 6, attributes);
  if (traceId !== undefined) record.bytes(9, bytesOf(traceId));
  if (spanId !== undefined) record.bytes(10, bytesOf(spanId));
  return record.fixed64(11, nanoseconds(atMs)).encode();
};

/**
 * A request with spans or log records: the fields have the same numbers.
 *
 * @see opentelemetry/proto/collector/trace/v1/trace_service.proto, …/logs/v1/logs_service.proto
 */
export const encodeExport = (resource: Attributes, records: readonly Uint8Array[]): Uint8Array => {
  const scope = new Message().message(1, new Message().text(1, "kong-internal").text(2, "0.1.0"));
  for (const record of records) scope.bytes(2, record);
  const about = addAttributes(new Message(), 1, resource);
  return new Message().message(1, new Message().message(1, about).message(2, scope)).encode();
};
