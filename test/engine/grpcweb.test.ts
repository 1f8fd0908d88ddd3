import { Metadata, status } from "@grpc/grpc-js";
import { GrpcWebClientBase, MethodDescriptor, MethodType, type RpcError } from "grpc-web";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { XMLHttpRequest } from "xhr2";
import { type Library, libraryProto, startLibrary } from "./library.ts";

let library: Library;

beforeAll(async () => {
  Object.assign(globalThis, { XMLHttpRequest });
  const config = { proto: libraryProto, allow_origin_header: "https://app.test" };
  library = await startLibrary({ name: "grpc-web", config });
});
afterAll(() => library.close());
beforeEach(() => {
  library.serve = (call, answer) =>
    answer(null, { title: `about ${String(call.request["name"])}`, pages: 3 });
});

const getBook = "/library.v1.Library/GetBook";
const utf8 = new TextEncoder();
/** BookRequest and Book, as field 1 alone makes them. */
const named = (name: string): Uint8Array => new Uint8Array([10, name.length, ...utf8.encode(name)]);

const descriptor = (path: string, type: string) =>
  new MethodDescriptor<string, Uint8Array>(
    path,
    type,
    Object as never,
    Object as never,
    (name: string) => named(name),
    (bytes: Uint8Array) => bytes,
  );

describe.each(["text", "binary"])("the client of gRPC-Web in its format %s", (format) => {
  const client = (): GrpcWebClientBase => new GrpcWebClientBase({ format });

  it("gets an answer, and what stands behind it", async () => {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    library.serve = (call, answer) => {
      const trailer = new Metadata();
      trailer.set("x-left", "2");
      answer(null, { title: `about ${String(call.request["name"])}` }, trailer);
    };
    const told: unknown[] = [];
    client()
      .rpcCall(
        library.url + getBook,
        "tea",
        { "x-mine": "1" },
        descriptor(getBook, MethodType.UNARY),
        (error, found) => (error === null ? resolve(found) : reject(error)),
      )
      .on("status", (found) => told.push(found));
    expect(await promise).toEqual(named("about tea"));
    expect(told).toMatchObject([{ code: 0, metadata: { "x-left": "2" } }]);
    expect([library.got.path, library.got.message]).toEqual([getBook, { name: "tea" }]);
    expect(library.got.metadata.get("x-mine")).toEqual(["1"]);
  });

  it.each([false, true])(
    "is told why a call fails, be there a head before (%s) or not",
    async (sendsHead) => {
      library.serve = (call, answer) => {
        if (sendsHead) call.sendMetadata(new Metadata());
        answer({ code: status.NOT_FOUND, details: "no such book" });
      };
      const { promise, resolve } = Promise.withResolvers<RpcError>();
      client().rpcCall(library.url + getBook, "tea", {}, descriptor(getBook, MethodType.UNARY), resolve);
      expect(await promise).toMatchObject({ code: status.NOT_FOUND, message: "no such book" });
    },
  );

  it("gets a message of a megabyte", async () => {
    library.serve = (_, answer) => answer(null, { title: "t".repeat(1_000_000) });
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    client().rpcCall(library.url + getBook, "tea", {}, descriptor(getBook, MethodType.UNARY), (_, found) =>
      resolve(found),
    );
    expect((await promise).byteLength).toBe(1_000_004);
  });
});

const listBooks = "/library.v1.Library/ListBooks";

test("the client of gRPC-Web gets each message of a stream", async () => {
  library.serve = (call) => {
    call.write({ title: "one" });
    call.write({ title: "two" });
    call.end();
  };
  const stream = new GrpcWebClientBase({ format: "text" }).serverStreaming(
    library.url + listBooks,
    "tea",
    {},
    descriptor(listBooks, MethodType.SERVER_STREAMING),
  );
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const found: Uint8Array[] = [];
  stream.on("data", (message) => found.push(message));
  stream.on("error", reject);
  stream.on("end", resolve);
  await promise;
  expect(found).toEqual([named("one"), named("two")]);
});

const frame = (flags: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([flags, 0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
const trailer = frame(0x80, utf8.encode("grpc-status:0\r\ngrpc-message:OK\r\n"));
const message = Buffer.concat([named("about tea"), Buffer.from([16, 3])]);
const json = utf8.encode('{"title":"about tea","pages":3}');

const ask = async (
  contentType: string | undefined,
  body: Buffer | string,
  path = getBook,
  where = library,
): Promise<[number, string | null, Buffer]> => {
  const response = await fetch(where.url + path, {
    method: "POST",
    headers: { ...(contentType !== undefined && { "Content-Type": contentType }) },
    body,
  });
  const { headers } = response;
  return [response.status, headers.get("content-type"), Buffer.from(await response.arrayBuffer())];
};

const base64 = (...pieces: Buffer[]): string => pieces.map((piece) => piece.toString("base64")).join("");
const asked = frame(0, named("tea"));
const askedJson = frame(0, utf8.encode('{"name":"tea"}'));

test.each([
  ["application/grpc-web", asked, Buffer.concat([frame(0, message), trailer])],
  ["application/grpc-web+proto", asked, Buffer.concat([frame(0, message), trailer])],
  ["application/grpc-web+json", askedJson, Buffer.concat([frame(0, json), trailer])],
  ["application/grpc-web-text", base64(asked), base64(frame(0, message), trailer)],
  ["application/grpc-web-text+proto", base64(asked), base64(frame(0, message), trailer)],
  ["application/grpc-web-text+json", base64(askedJson), base64(frame(0, json), trailer)],
  ["application/json", '{"name":"tea"}', Buffer.from(json)],
  ["Application/JSON; charset=utf-8", '{"name":"tea"}', Buffer.from(json)],
])("%s goes both ways", async (contentType, body, answer) => {
  expect(await ask(contentType, body)).toEqual([200, contentType, Buffer.from(answer)]);
});

test.each(["application/grpc-web-text", "application/grpc-web+json", "application/json"])(
  "%s brings each message of a stream as it comes",
  async (contentType) => {
    const { promise, resolve } = Promise.withResolvers<Parameters<Library["serve"]>[0]>();
    library.serve = (call) => {
      call.write({ title: "one" });
      resolve(call);
    };
    const body = { "application/grpc-web-text": base64(asked), "application/json": "{}" }[contentType];
    const response = await fetch(library.url + listBooks, {
      method: "POST",
      headers: { "Content-Type": contentType },
      body: body ?? askedJson,
    });
    const reader = response.body!.getReader();
    expect((await reader.read()).value?.byteLength).toBeGreaterThan(0);
    const call = await promise;
    call.write({ title: "two" });
    call.end();
    expect((await reader.read()).value?.byteLength).toBeGreaterThan(0);
    await reader.cancel();
  },
);

test("base64 may be padded in the middle, wherever the client cut it", async () => {
  for (let at = 1; at < asked.length; at++) {
    const [, , answer] = await ask(
      "application/grpc-web-text",
      base64(asked.subarray(0, at), asked.subarray(at)),
    );
    expect(String(answer)).toBe(base64(frame(0, message), trailer));
  }
});

test("integers keep every digit in JSON", async () => {
  library.serve = (call, answer) => answer(null, call.request);
  const numbers = '"large":-9223372036854775807,"larger":18446744073709551615';
  const [, , answer] = await ask("application/json", `{${numbers}}`, "/library.v1.Echo/Say");
  expect(String(answer)).toContain(numbers);
});

test.each([
  ["text/plain", "x", "the content type is none of gRPC-Web"],
  ["application/grpc-web-text", "!", "the body is no base64"],
  ["application/grpc-web+json", askedJson.subarray(0, 9), "the body is no message of gRPC"],
  ["application/json", "{", "JSON"],
  ["application/json", '{"name":3}', "a text expected for field 'name'"],
])("%s with a body that is none is refused with 400", async (contentType, body, reason) => {
  const [code, , text] = await ask(contentType, body);
  expect([code, String(text)]).toEqual([400, expect.stringContaining(reason)]);
});

test("a path that stands for no method is refused where messages are translated", async () => {
  const [code, , text] = await ask("application/json", "{}", "/library.v1.Library/None");
  expect([code, String(text)]).toEqual([400, 'Unkown path "/library.v1.Library/None"']);
});

test("a call that fails in plain JSON tells so in fields", async () => {
  library.serve = (call, answer) => {
    call.sendMetadata(new Metadata());
    answer({ code: status.NOT_FOUND, details: "none" });
  };
  const response = await fetch(library.url + getBook, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  expect([response.status, response.headers.get("grpc-status"), await response.text()]).toEqual([
    200,
    "5",
    "",
  ]);
});

test("a call in plain JSON that says nothing but a head in time is answered with 504", async () => {
  const other = await startLibrary({ name: "grpc-web", config: { proto: libraryProto } }, undefined, {
    read_timeout: 50,
  });
  other.serve = (call) => call.sendMetadata(new Metadata());
  const response = await fetch(other.url + getBook, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([504, "*"]);
  expect(await response.text()).toContain("timing out");
  await other.close();
});

test("a browser that asks beforehand is told what it may, and any answer says who may read it", async () => {
  const asks = await fetch(library.url + getBook, { method: "OPTIONS" });
  expect([asks.status, await asks.text()]).toEqual([200, "OK"]);
  expect(Object.fromEntries(asks.headers)).toMatchObject({
    "access-control-allow-origin": "https://app.test",
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type,x-grpc-web,x-user-agent",
    "content-type": "application/grpc-web-text+proto",
  });
  const refused = await fetch(library.url, { method: "POST", body: "x" });
  expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([
    400,
    "https://app.test",
  ]);
});

test("without a file, messages pass and JSON is refused", async () => {
  const other = await startLibrary({ name: "grpc-web", config: {} });
  other.serve = library.serve;
  expect((await ask("application/grpc-web", asked, getBook, other))[0]).toBe(200);
  const [code, , text] = await ask("application/json", "{}", getBook, other);
  expect([code, String(text)]).toEqual([
    400,
    "transcoding requests require a .proto file defining the service",
  ]);
  const response = await fetch(other.url, { method: "OPTIONS" });
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  await other.close();
});

test.each([
  [true, 200, getBook],
  [false, 400, ""],
])(
  "with pass_stripped_path %s a path below the route's is answered with %d",
  async (isPassed, code, path) => {
    const config = { proto: libraryProto, pass_stripped_path: isPassed };
    const other = await startLibrary({ name: "grpc-web", config }, { paths: ["/prefix"] });
    other.serve = library.serve;
    expect((await ask("application/json", "{}", `/prefix${getBook}`, other))[0]).toBe(code);
    expect(other.got.path).toBe(path);
    await other.close();
  },
);
