import { expect, test } from "vitest";
import { keys, lambda, reply } from "../../../test/support/lambda.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";

const header = (headers: readonly (readonly [string, string])[], name: string): string | undefined =>
  headers.find(([found]) => found.toLowerCase() === name)?.[1];

/** Everything in the log, the messages of errors too. */
const logged = ({ ports }: TestGateway): string =>
  JSON.stringify(ports.logger.records, (_, value: unknown) =>
    value instanceof Error ? value.message : value,
  );

test("the client gets what the function answers, with the headers of AWS", async () => {
  const all = lambda({}, [reply({ tea: 1 }, { headers: [["x-amzn-requestid", "r1"]] })]);
  const { status, body, headers } = await all.ask();
  expect([status, body, headers.get("x-amzn-requestid"), headers.get("content-type")]).toEqual([
    200,
    '{"tea":1}',
    "r1",
    "application/json",
  ]);
  expect([headers.get("via"), headers.get("x-kong-response-latency")]).toEqual(["1.1 sallyport/1.2.3", "0"]);
  expect(all.upstream.sent).toEqual([]);
});

test("a Via of the answer stays before the gateway's", async () => {
  const { headers } = await lambda({}, [reply({}, { headers: [["via", "1.1 aws"]] })]).ask();
  expect(headers.get("via")).toBe("1.1 aws, 1.1 sallyport/1.2.3");
});

const base = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions";
test.each([
  [{}, `${base}/f/invocations`],
  [{ qualifier: "v 1" }, `${base}/f/invocations?Qualifier=v%201`],
  [
    { function_name: "arn:aws:lambda:x:1:function:f" },
    `${base}/arn%3Aaws%3Alambda%3Ax%3A1%3Afunction%3Af/invocations`,
  ],
  [
    { aws_region: "cn-north-1" },
    "https://lambda.cn-north-1.amazonaws.com.cn/2015-03-31/functions/f/invocations",
  ],
  [{ host: "aws.test" }, "https://aws.test/2015-03-31/functions/f/invocations"],
  [{ host: "aws.test", port: 4566 }, "https://aws.test:4566/2015-03-31/functions/f/invocations"],
  [{ host: "aws.test", disable_https: true, port: 80 }, "http://aws.test/2015-03-31/functions/f/invocations"],
])("%j leads to %s", async (config, url) => {
  const all = lambda(config);
  await all.ask();
  expect([all.sent().method, all.sent().url]).toEqual(["POST", url]);
});

test("the request is signed for the region, and says how to invoke", async () => {
  const all = lambda({ aws_region: "eu-west-1", invocation_type: "Event", log_type: "None" });
  await all.ask();
  const { headers } = all.sent();
  expect(header(headers, "authorization")).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/lambda\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-invocation-type;x-amz-log-type, /,
  );
  expect([header(headers, "x-amz-invocation-type"), header(headers, "x-amz-log-type")]).toEqual([
    "Event",
    "None",
  ]);
});

test("it waits as long as it is told, and goes through the proxy", async () => {
  const all = lambda({ timeout: 7, proxy_url: "http://proxy.test:3128" });
  await all.ask();
  expect(all.sent()).toMatchObject({ timeoutMs: 7, proxyUrl: "http://proxy.test:3128" });
});

test("what is waited for counts as the service's time", async () => {
  const all = lambda();
  const { fetcher } = all.ports;
  const ask = fetcher.ask.bind(fetcher);
  fetcher.ask = (...given) => {
    all.clock.advance(40);
    return ask(...given);
  };
  const { headers } = await all.ask();
  expect(headers.get("x-kong-response-latency")).toBe("0");
  expect(all.finished[0]).toMatchObject({ upstreamLatencyMs: 40, proxyLatencyMs: 0 });
});

test.each([
  [{ function_name: null }, "no function_name specified"],
  [{ aws_region: null }, "no region specified"],
])("with %j it fails", async (config, reason) => {
  const all = lambda(config);
  const { status, body } = await all.ask();
  expect([status, body.includes("An unexpected error occurred"), all.ports.fetcher.sent]).toEqual([
    500,
    true,
    [],
  ]);
  expect(logged(all)).toContain(reason);
});

test.each([["AWS_REGION"], ["AWS_DEFAULT_REGION"]])("without a region, %s says it", async (name) => {
  const plugin = { name: "aws-lambda", config: { ...keys, aws_region: null, function_name: "f" } };
  const all = gatewayOn({ services: [] });
  all.ports.environment.variables.set(name, "sa-east-1");
  all.configure(oneRoute([plugin]));
  all.ports.fetcher.replies.push(reply());
  await all.client.send({ target: "/t" });
  expect(all.ports.fetcher.sent[0]!.url).toContain("https://lambda.sa-east-1.amazonaws.com/");
});

test("what AWS refuses is an error of ours, with its reason in the log", async () => {
  const all = lambda({}, [reply({ Message: "no such function" }, { status: 404 })]);
  const { status, body } = await all.ask();
  expect([status, body.includes("no such function")]).toEqual([500, false]);
  expect(logged(all)).toContain("Lambda answered 404: no such function");
});

test.each([
  [undefined, "Unhandled", 200],
  [418, "Unhandled", 418],
  [418, "Handled", 200],
])("unhandled_status %s makes of %s the status %i", async (unhandled, error, expected) => {
  const headers = [["x-amz-function-error", error]] as const;
  const { status } = await lambda({ unhandled_status: unhandled }, [reply({}, { headers })]).ask();
  expect(status).toBe(expected);
});

const long = '{"n":12345678901234567890,"t":"[]\\"[]","a":[ ],"b":[[]],"c":[1]}';
test.each([
  ["legacy", long, '{"n":12345678901234567890,"t":"[]\\"[]","a":{},"b":[{}],"c":[1]}'],
  ["correct", long, long],
  ["legacy", "no [] JSON", "no [] JSON"],
  ["legacy", '"a [] text"', "a [] text"],
])("with %s empty lists, %s is sent as %s", async (mode, body, expected) => {
  expect((await lambda({ empty_arrays_mode: mode }, [reply(body)]).ask()).body).toBe(expected);
});

test.each([
  [
    { statusCode: 201, body: "made", headers: { "x-a": "1", "Content-Type": "text/tea" } },
    201,
    "made",
    { "x-a": "1", "content-type": "text/tea" },
  ],
  [{ statusCode: "202" }, 202, "", { "content-type": "application/json" }],
  [JSON.stringify(JSON.stringify({ statusCode: 200, body: "twice" })), 200, "twice", {}],
  [{ statusCode: 200, body: "dGVh", isBase64Encoded: true }, 200, "tea", {}],
  [
    { statusCode: 200, headers: { "x-a": 1 }, multiValueHeaders: { "X-A": ["b", "c"] } },
    200,
    "",
    { "x-a": "b,c" },
  ],
])("of %j the client gets what it says", async (answer, status, body, fields) => {
  const got = await lambda({ is_proxy_integration: true }, [reply(answer)]).ask();
  expect([got.status, got.body]).toEqual([status, body]);
  for (const [name, value] of Object.entries(fields)) expect(got.headers.getAll(name).join()).toBe(value);
});

test.each([
  ["tea", "Expected value but found invalid token"],
  ["", "Expected value but found invalid token"],
  ["5", "proxy response must be json format"],
  [{}, "statusCode validation failed"],
  [{ statusCode: 600 }, "statusCode validation failed"],
  [{ statusCode: "tea" }, "statusCode validation failed"],
  [{ statusCode: 200, headers: "x" }, "headers must be a table"],
  [{ statusCode: 200, headers: null }, "headers must be a table"],
  [{ statusCode: 200, body: {} }, "body must be a string"],
  [{ statusCode: 200, isBase64Encoded: "yes" }, "isBase64Encoded must be a boolean"],
])("of %j the client hears that it is no answer", async (answer, reason) => {
  const { status, body } = await lambda({ is_proxy_integration: true }, [reply(answer)]).ask();
  expect([status, JSON.parse(body)]).toEqual([
    502,
    { message: "Bad Gateway", error: `could not JSON decode Lambda function response: ${reason}` },
  ]);
});

test.each([
  [{ statusCode: 200, headers: { "x-a": "1\r\nx-b: 2" } }],
  [{ statusCode: 200, headers: { "x a": "1" } }],
  [{ statusCode: 200, headers: { "x-a": {} } }],
  [{ statusCode: 200, body: "%", isBase64Encoded: true }],
])("%j is an error: it would break the response", async (answer) => {
  expect((await lambda({ is_proxy_integration: true }, [reply(answer)]).ask()).status).toBe(500);
});

test("a proxy is asked by HTTP, and a key has its secret", () => {
  expect(() => lambda({ proxy_url: "https://proxy.test" })).toThrow("proxy_url scheme must be http");
  expect(() => lambda({ aws_secret: null })).toThrow("all or none of these fields must be set");
});
