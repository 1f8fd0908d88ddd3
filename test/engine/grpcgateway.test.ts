import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Metadata, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { type Library, libraryProto, startLibrary } from "./library.ts";

let library: Library;

beforeAll(async () => {
  library = await startLibrary({ name: "grpc-gateway", config: { proto: libraryProto } });
});
afterAll(() => library.close());
beforeEach(() => {
  library.serve = (_, answer) => answer(null, { title: "T" });
});

const ask = (target: string, method = "GET", body?: unknown): Promise<Response> =>
  fetch(library.url + target, {
    method,
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
const got = (): unknown => library.got.message;

describe("a request becomes a call", () => {
  it.each([
    ["GET", "/v1/shelves/1/books/2", undefined, "GetBook", { name: "shelves/1/books/2" }],
    ["GET", "/v1/old/7", undefined, "GetBook", { id: 7 }],
    ["LOCK", "/v1/locks/9", undefined, "GetBook", { id: 9 }],
    ["HEAD", "/v1/heads/9", undefined, "GetBook", { id: 9 }],
    [
      "POST",
      "/v1/shelves/a/books",
      { title: "x" },
      "CreateBook",
      { parent: "shelves/a", book: { title: "x" } },
    ],
    ["POST", "/v1/shelves/a/books?draft=1", {}, "CreateBook", { parent: "shelves/a", book: {}, draft: true }],
    ["PUT", "/v1/books/3", { name: "n" }, "UpdateBook", { id: 3, name: "n" }],
    ["PATCH", "/v1/books/3", { id: 4, name: "n" }, "UpdateBook", { id: 3, name: "n" }],
    ["PUT", "/v1/books/3?name=query", "", "UpdateBook", { id: 3 }],
    ["DELETE", "/v1/files/a/b/c:forever", undefined, "DeleteBook", { name: "files/a/b/c" }],
    ["DELETE", "/v1/files/a%2Fb:forever", undefined, "DeleteBook", { name: "files/a%2Fb" }],
    ["GET", "/v1/shelves/%C3%A9%20%2B/books/2", undefined, "GetBook", { name: "shelves/é +/books/2" }],
  ])("%s %s", async (method, target, body, rpc, message) => {
    expect((await ask(target, method, body)).status).toBe(200);
    expect(library.got.path).toBe(`/library.v1.Library/${rpc}`);
    expect(got()).toEqual(message);
  });

  it.each([
    ["place.shelf=a&place.open=true", { place: { shelf: "a", open: true } }],
    ["place.open=false", { place: {} }],
    ["place.open=0&name=n", { name: "n", place: {} }],
    ["place.open", { place: { open: true } }],
    ["tags=a&tags=b", { tags: ["a", "b"] }],
    ["tags=a", { tags: ["a"] }],
    ["nothing=1&place.nothing=2&__proto__.x=1", { place: {} }],
  ])("with the fields of the query %s", async (query, message) => {
    await ask(`/v1/old/1?${query}`);
    const { id, ...rest } = got() as Record<string, unknown>;
    expect([id, rest]).toEqual([1, message]);
  });

  it("whose fields of the query mean nothing but themselves beside a body", async () => {
    const response = await ask("/v1/shelves/a/books?book.__proto__.polluted=1&book.toString.a=1", "POST", {});
    expect(response.status).toBe(200);
    expect(got()).toEqual({ parent: "shelves/a", book: {} });
    expect("polluted" in {}).toBe(false);
  });

  it("in gRPC's own words", async () => {
    await fetch(`${library.url}/v1/old/1`, { headers: { "grpc-accept-encoding": "gzip", "x-mine": "1" } });
    const { metadata } = library.got;
    expect(metadata.get("x-mine")).toEqual(["1"]);
    expect(metadata.get("grpc-accept-encoding")).not.toContain("gzip");
  });

  it.each([
    ["GET", "/v1/none", undefined, 'failed to transcode .proto file Unknown path "/v1/none"'],
    ["GET", "/v1/hidden", undefined, 'failed to transcode .proto file Unknown path "/v1/hidden"'],
    ["GET", "/v1/shelves/1/books/2/3", undefined, "failed to transcode .proto file Unknown path"],
    ["MOVE", "/v1/none", undefined, 'failed to transcode .proto file Unknown method "move"'],
    ["PUT", "/v1/books/x", {}, "failed to encode payload"],
    ["PUT", "/v1/books/1", { name: null }, "failed to encode payload"],
    ["PUT", "/v1/books/1", "{", "decode json err: "],
    ["PUT", "/v1/books/1", "3", "body must be a table"],
    ["GET", "/v1/old/1?name=a&name.b=c", undefined, "failed to encode payload"],
  ])("%s %s is refused with its reason", async (method, target, body, reason) => {
    const response = await ask(target, method, body);
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([400, "*"]);
    expect(await response.text()).toContain(reason);
  });

  it("and a browser that asks beforehand is told what it may", async () => {
    const response = await ask("/v1/none", "OPTIONS");
    expect([response.status, await response.text()]).toEqual([200, "OK"]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET,POST,PATCH,DELETE",
      "access-control-allow-headers": "content-type",
      "content-type": "application/json",
    });
  });
});

describe("a message becomes JSON", () => {
  const echo = async (message: object, target = "/v1/echo"): Promise<string> => {
    library.serve = (call, answer) => answer(null, call.request);
    return (await ask(target, "POST", message)).text();
  };
  const defaults = {
    ...{ text: "", large: 0, larger: 0, real: 0, truth: false, raw: "", colour: "RED" },
    ...{ single: 0, small: 0 },
  };

  it("with the plain fields of proto3, be they set or not", async () => {
    expect(JSON.parse(await echo({}))).toEqual(defaults);
  });

  it.each([
    [{ text: "é\n", real: 1.5, truth: true, raw: "bytes", small: 4_294_967_295 }, undefined],
    [{ colour: "BLUE", colours: ["BLUE", "RED"] }, undefined],
    [
      { colour: 1, colours: [9] },
      { colour: "BLUE", colours: [9] },
    ],
    [{ counts: { a: 1 } }, undefined],
    [{ nested: { "-5": { text: "in" } } }, { nested: { "-5": { ...defaults, text: "in" } } }],
    [{ at: "2021-10-02T05:05:28" }, undefined],
    [{ at: "2021-10-02T07:05:28.25+02:00" }, { at: "2021-10-02T05:05:28" }],
    [{ lasts: { seconds: 3, nanos: 5 } }, undefined],
    [{ word: "w" }, { word: "w", choice: "word" }],
    [{ number: 0 }, { number: 0, choice: "number" }],
    [{ maybe: 0 }, undefined],
    [{ inner: [] }, { inner: defaults }],
    [
      { large: "12", real: "2.5", truth: "false" },
      { large: 12, real: 2.5 },
    ],
  ] as [object, object | undefined][])("%j", async (message, told) => {
    expect(JSON.parse(await echo(message))).toEqual({ ...defaults, ...(told ?? message) });
  });

  it("with every digit of its integers", async () => {
    const text = await echo('{"large":-9223372036854775807,"larger":"18446744073709551615"}' as never);
    expect(text).toContain('"large":-9223372036854775807,"larger":18446744073709551615');
  });

  it("with the fields of proto2 that are set", async () => {
    expect(await echo({}, "/v1/old")).toBe("{}");
    expect(await echo({ count: 0 }, "/v1/old")).toBe('{"count":0}');
  });

  it.each([
    { large: "9223372036854775808" },
    { larger: -1 },
    { small: 1.5 },
    { colour: "GREEN" },
    { counts: [1] },
    { at: "yesterday" },
    { at: 5 },
    { inner: "x" },
    { truth: {} },
    { raw: 1 },
    { real: "x" },
  ])("but %j is none", async (message) => {
    expect((await ask("/v1/echo", "POST", message)).status).toBe(400);
  });

  it("of any size, in many frames", async () => {
    const title = "t".repeat(3_000_000);
    library.serve = (_, answer) => answer(null, { title });
    expect(await (await ask("/v1/old/1")).json()).toEqual({ title, pages: 0 });
  });

  it("one after the other, as a stream brings them", async () => {
    library.serve = (call) => {
      call.write({ title: "a" });
      call.write({ title: "b" });
      call.end();
    };
    const response = await ask("/v1/books");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe('{"title":"a","pages":0}{"title":"b","pages":0}');
  });
});

describe("a call that fails", () => {
  const codes = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 500, 500, 503, 500, 401];
  const fail =
    (code: number, sendsHead: boolean): Library["serve"] =>
    (call, answer) => {
      if (sendsHead) call.sendMetadata(new Metadata());
      answer(Object.assign(new Error(), { code, details: "no such book" }));
    };

  it.each(codes.map((http, code) => [code, http]).slice(1))(
    "with status %d is told as %d",
    async (code, http) => {
      library.serve = fail(code, false);
      const response = await ask("/v1/old/1");
      expect([response.status, response.headers.get("grpc-status")]).toEqual([http, String(code)]);
      expect(await response.text()).toBe("");
    },
  );

  it("tells so behind the head, too", async () => {
    library.serve = fail(status.NOT_FOUND, true);
    const response = await ask("/v1/old/1");
    expect([response.status, response.headers.get("grpc-message")]).toEqual([404, "no%20such%20book"]);
  });

  it("with a status that nobody knows is told as 500", async () => {
    library.serve = fail(99, false);
    expect((await ask("/v1/old/1")).status).toBe(500);
  });
});

describe("a call that says nothing but a head", () => {
  const waiting = async (service: object, act: (other: Library) => void) => {
    const other = await startLibrary(
      { name: "grpc-gateway", config: { proto: libraryProto } },
      undefined,
      service,
    );
    other.serve = (call) => {
      call.sendMetadata(new Metadata());
      act(other);
    };
    try {
      const response = await fetch(`${other.url}/v1/old/1`, { headers: { accept: "application/json" } });
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      return [response.status, ((await response.json()) as { message: string }).message];
    } finally {
      await other.close();
    }
  };

  it("in time is answered with 504", async () => {
    expect(await waiting({ read_timeout: 50 }, () => undefined)).toEqual([
      504,
      "The upstream server is timing out",
    ]);
  });

  it("and breaks off is answered with 502", async () => {
    const broken = waiting({}, ({ stopServer }) => stopServer());
    expect(await broken).toEqual([502, "An invalid response was received from the upstream server"]);
  });
});

test("a client that leaves before the answer takes the call along", async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<void>();
  library.serve = (call) => {
    call.sendMetadata(new Metadata());
    call.on("cancelled", cancel);
    begin();
  };
  const leaving = new AbortController();
  const answer = fetch(`${library.url}/v1/old/1`, { signal: leaving.signal });
  await begun;
  leaving.abort();
  await expect(answer).rejects.toThrow("aborted");
  await cancelled;
});

describe("a file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-proto-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["that is missing", undefined],
    ["that can't be understood", "syntax = nonsense"],
    [
      "with a template that is none",
      'syntax = "proto3"; message M {} service S { rpc A(M) returns (M) { option (google.api.http).get = 5; } }',
    ],
    ["with an import that is nowhere", 'syntax = "proto3"; import "no/where.proto";'],
  ])("%s answers with 500 until it is there", async (_, text) => {
    const proto = path.join(folder, "late.proto");
    rmSync(proto, { force: true });
    if (text !== undefined) writeFileSync(proto, text);
    const other = await startLibrary({ name: "grpc-gateway", config: { proto } });
    const target = `${other.url}/v1/late`;
    try {
      const broken = await fetch(target);
      expect(broken.status).toBe(500);
      expect(await broken.json()).toMatchObject({ message: "An unexpected error occurred" });
      writeFileSync(proto, 'syntax = "proto3";');
      expect((await fetch(target)).status).toBe(400);
    } finally {
      await other.close();
    }
  });

  it("that is not named answers with 400", async () => {
    const other = await startLibrary({ name: "grpc-gateway", config: {} });
    const response = await fetch(`${other.url}/v1/old/1`);
    expect([response.status, await response.text()]).toEqual([
      400,
      "transcoding requests require a .proto file defining the service",
    ]);
    await other.close();
  });
});

test("what the gateway answers in the upstream's place stays as it is", async () => {
  const other = await startLibrary({ name: "grpc-gateway", config: { proto: libraryProto } });
  other.stopServer();
  const response = await fetch(`${other.url}/v1/old/1`, { headers: { accept: "application/json" } });
  expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([502, "*"]);
  expect(await response.json()).toHaveProperty("message");
  await other.close();
});
