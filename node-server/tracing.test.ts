import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { startDaemon } from "../test/support/daemon.ts";
import { startUpstream } from "../test/support/upstream.ts";

interface MessageType {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): Record<string, unknown>;
}

/** Messages as OpenTelemetry's own transformer reads them. */
const messages = createRequire(import.meta.url)(
  "@opentelemetry/otlp-transformer/build/src/generated/root.js",
) as {
  readonly opentelemetry: {
    readonly proto: { readonly collector: Record<string, { readonly v1: Record<string, MessageType> }> };
  };
};

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}
const plain = (attributes: Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test("OpenTelemetry's own transformer understands spans and log records", async () => {
  const bodies = new Map<string, Buffer>();
  const sink = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.headers["content-type"] === "application/x-protobuf")
        bodies.set(request.url!, Buffer.concat(chunks));
      response.end();
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const upstream = await startUpstream();
  const config = {
    traces_endpoint: `${endpoint}/traces`,
    logs_endpoint: `${endpoint}/logs`,
    resource_attributes: { zone: "a" },
    queue: { max_batch_size: 1 },
  };
  const daemon = await startDaemon({
    document: {
      plugins: [{ name: "opentelemetry", config }],
      services: [
        { name: "s", url: `http://127.0.0.1:${upstream.port}`, routes: [{ name: "r", paths: ["/t"] }] },
        { name: "d", url: "http://127.0.0.1:1", retries: 0, routes: [{ name: "dead", paths: ["/dead"] }] },
      ],
    },
    conf: { tracing_instrumentations: "all", tracing_sampling_rate: "1" },
  });
  await fetch(`http://127.0.0.1:${daemon.proxyPort}/t`, {
    headers: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
  });
  await expect.poll(() => bodies.has("/traces"), { timeout: 10_000 }).toBe(true);
  const decode = (service: string, name: string, body: Buffer): Record<string, unknown> => {
    const type = messages.opentelemetry.proto.collector[service]!.v1[name]!;
    return type.toObject(type.decode(body), { longs: Number, bytes: String, enums: String });
  };
  const traces = decode("trace", "ExportTraceServiceRequest", bodies.get("/traces")!);
  const [{ resource, scopeSpans }] = traces["resourceSpans"] as [
    { resource: { attributes: Attribute[] }; scopeSpans: { spans: Record<string, unknown>[] }[] },
  ];
  expect(plain(resource.attributes)).toMatchObject({ "service.name": "kong", zone: "a" });
  const hex = (base64: unknown): string => Buffer.from(base64 as string, "base64").toString("hex");
  const span = scopeSpans[0]!.spans[0]!;
  expect(hex(span["traceId"])).toBe("0af7651916cd43dd8448eb211c80319c");
  expect(["kong", "kong.balancer"]).toContain(span["name"]);
  expect(Number(span["endTimeUnixNano"])).toBeGreaterThanOrEqual(Number(span["startTimeUnixNano"]));
  expect(plain(span["attributes"] as Attribute[])).toMatchObject({ "http.status_code": 200 });

  await fetch(`http://127.0.0.1:${daemon.proxyPort}/dead`);
  await expect.poll(() => bodies.has("/logs"), { timeout: 10_000 }).toBe(true);
  const logs = decode("logs", "ExportLogsServiceRequest", bodies.get("/logs")!);
  const [{ scopeLogs }] = logs["resourceLogs"] as [
    { scopeLogs: { logRecords: { severityText: string; body: { stringValue: string } }[] }[] },
  ];
  expect(scopeLogs[0]!.logRecords[0]).toMatchObject({ body: { stringValue: expect.any(String) } });
  await daemon.stop();
  await upstream.close();
  sink.close();
});
