import { describe, expect, it } from "vitest";
import { type ProtocolFacts, judgeProtocol } from "./protocol.ts";
import type { RouterRoute } from "./route.ts";

const judge = (protocols: string[], change: Partial<ProtocolFacts> = {}, route: Partial<RouterRoute> = {}) =>
  judgeProtocol(
    { id: "r", protocols, ...route },
    {
      forwardedScheme: "http",
      forwardedHost: "a.test",
      target: "/a?b",
      httpVersion: "1.1",
      contentType: undefined,
      ...change,
    },
  );

describe("the protocol of a request", () => {
  it("fits a route of http and https either way", () => {
    expect(judge(["http", "https"])).toBeUndefined();
    expect(judge(["http"], { forwardedScheme: "https" })).toBeUndefined();
    expect(judge(["https"], { forwardedScheme: "https" })).toBeUndefined();
  });

  it("must be https where the route has no http: 426 or a redirect without the port", () => {
    expect(judge(["https"])).toEqual({
      status: 426,
      headers: ["Connection", "Upgrade", "Upgrade", "TLS/1.2, HTTP/1.1"],
      message: "Please use HTTPS protocol",
    });
    expect(judge(["https"], {}, { https_redirect_status_code: 308 })).toEqual({
      status: 308,
      headers: ["Location", "https://a.test/a?b"],
      message: undefined,
    });
  });

  it("must be gRPC over HTTP/2 where the route says so", () => {
    const grpc = { httpVersion: "2" as const, contentType: "application/grpc+proto" };
    expect(judge(["grpc"], grpc)).toBeUndefined();
    expect(judge(["grpc"], { httpVersion: "2" })).toMatchObject({ status: 415 });
    expect(judge(["grpc"], { contentType: "application/json" })).toMatchObject({ status: 415 });
    expect(judge(["grpc"], { ...grpc, httpVersion: "1.1" })).toMatchObject({
      status: 426,
      message: "Please use HTTP2 protocol",
    });
    expect(judge(["grpc", "grpcs"], grpc)).toBeUndefined();
    expect(judge(["grpcs"], { ...grpc, forwardedScheme: "https" })).toBeUndefined();
    expect(judge(["grpcs"], grpc)).toMatchObject({ status: 200, message: undefined });
    expect(judge(["grpcs"], grpc)?.headers).toContain("gRPC request matched gRPCs route");
  });
});
