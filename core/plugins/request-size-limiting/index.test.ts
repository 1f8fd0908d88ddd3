import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

const ask = async (request: MemoryRequest, more: Record<string, unknown> = {}) => {
  const config = { allowed_payload_size: 10, size_unit: "bytes", ...more };
  const { client, ports } = gatewayOn(oneRoute([{ name: "request-size-limiting", config }]));
  const { status, body } = await client.send({ method: "POST", target: "/t", ...request });
  return { status, body, sent: ports.transport.sent[0]?.body };
};
const told = (lengthBytes: number, ...more: [string, string][]): MemoryRequest => ({
  headers: [["Content-Length", String(lengthBytes)], ...more],
  body: "x".repeat(lengthBytes),
});

test("a body of exactly the limit passes", async () => {
  expect(await ask(told(10))).toMatchObject({ status: 200, sent: "x".repeat(10) });
});

test("a longer body is refused", async () => {
  const { status, body } = await ask(told(11));
  expect([status, body.includes("Request size limit exceeded")]).toEqual([413, true]);
});

test("a client that waits for permission is told by 417", async () => {
  expect((await ask(told(11, ["Expect", "100-continue"]))).status).toBe(417);
});

test("a body whose length is not told is read, and passes when it is short", async () => {
  const headers = [["Transfer-Encoding", "chunked"]] as const;
  expect(await ask({ headers, body: "0123456789" })).toMatchObject({ status: 200, sent: "0123456789" });
  expect((await ask({ headers, body: "01234567890" })).status).toBe(413);
});

test("require_content_length refuses who tells no length", async () => {
  const config = { require_content_length: true };
  const { status, body } = await ask({}, config);
  expect([status, body.includes("A valid Content-Length header is required")]).toEqual([411, true]);
  expect((await ask(told(3), config)).status).toBe(200);
  expect((await ask({ headers: [["Transfer-Encoding", "chunked"]], body: "x" }, config)).status).toBe(200);
});
