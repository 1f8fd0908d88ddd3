import type { MemoryRequest, MemoryResponse } from "../../adapters/memory/index.ts";
import type { FetcherAnswer, FetcherRequest } from "../../core/index.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../testing/index.ts";

const encoder = new TextEncoder();

/** A whole answer of another service; objects are sent as JSON. */
export const reply = (
  body: string | Uint8Array | object = {},
  { status = 200, headers = [] }: Partial<Pick<FetcherAnswer, "status" | "headers">> = {},
): FetcherAnswer => {
  const isJson = typeof body === "object" && !(body instanceof Uint8Array);
  const text = isJson ? JSON.stringify(body) : body;
  return {
    status,
    headers: [["content-type", "application/json"], ...headers],
    body: typeof text === "string" ? encoder.encode(text) : text,
  };
};

/** What a configuration has that needs nothing of its surroundings. */
export const keys = { aws_region: "us-east-1", aws_key: "AKID", aws_secret: "secret" };

export interface Served extends TestGateway {
  ask(request?: MemoryRequest): Promise<MemoryResponse>;
  /** What was sent to AWS last. */
  sent(): FetcherRequest;
  /** The payload that the function got last. */
  payload(): Record<string, unknown>;
}

/** A gateway whose route is a function, with the answers that other services give in their order. */
export const lambda = (
  config: Record<string, unknown> = {},
  replies: readonly FetcherAnswer[] = [reply()],
  route: Record<string, unknown> = {},
): Served => {
  const plugin = { name: "aws-lambda", config: { ...keys, function_name: "f", ...config } };
  const all = gatewayOn(oneRoute([plugin], {}, route));
  all.ports.fetcher.replies.push(...replies);
  return Object.assign(all, {
    ask: (request: MemoryRequest = {}) => all.client.send({ target: "/t", ...request }),
    sent: () => all.ports.fetcher.sent.at(-1)!,
    payload: () => JSON.parse(String(all.ports.fetcher.sent.at(-1)!.body)) as Record<string, unknown>,
  });
};
