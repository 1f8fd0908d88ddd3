import { afterEach, describe, expect, it } from "vitest";
import { Rig, always, ok } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const get = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;

describe("what is refused", () => {
  const body = "POST / HTTP/1.1\r\nHost: a\r\n";
  it.each([
    [
      400,
      "Content-Length with Transfer-Encoding",
      `${body}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      400,
      "Transfer-Encoding with Content-Length",
      `${body}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    ],
    [400, "different lengths", `${body}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
    [400, "the same length twice", `${body}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`],
    [400, "a list of lengths", `${body}Content-Length: 3, 3\r\n\r\nabc`],
    [400, "a signed length", `${body}Content-Length: +3\r\n\r\nabc`],
    [400, "a length beyond any number", `${body}Content-Length: 99999999999999999999\r\n\r\n`],
    [400, "chunked not last", `${body}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    [
      400,
      "chunked twice",
      `${body}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [400, "chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    [400, "an empty Transfer-Encoding", `${body}Transfer-Encoding:\r\n\r\n`],
    [501, "another coding", `${body}Transfer-Encoding: gzip, chunked\r\n\r\n`],
    [501, "identity", `${body}Transfer-Encoding: identity\r\n\r\n`],
    [400, "chunked behind a vertical tab", `${body}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
    [400, "a folded line", `${body}X-A: 1\r\n 2\r\n\r\n`],
    [400, "a space before the colon", `${body}X-A : 1\r\n\r\n`],
    [400, "a space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"],
    [400, "a bare LF after the start line", "GET / HTTP/1.1\nHost: a\n\n"],
    [400, "a bare LF between fields", `${body}X-A: 1\nX-B: 2\r\n\r\n`],
    [400, "a bare CR", `${body}X-A: 1\rX-B: 2\r\n\r\n`],
    [400, "NUL", `${body}X-A: 1\x002\r\n\r\n`],
    [400, "a control character", `${body}X-A: 1\x012\r\n\r\n`],
    [400, "DEL in a name", `${body}X-\x7f: 1\r\n\r\n`],
    [400, "no colon", `${body}garbage\r\n\r\n`],
    [400, "an empty name", `${body}: 1\r\n\r\n`],
    [400, "a missing Host", "GET / HTTP/1.1\r\n\r\n"],
    [400, "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"],
    [400, "an empty Host", "GET / HTTP/1.1\r\nHost: \r\n\r\n"],
    [400, "a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"],
    [400, "a fragment", get("/a#b")],
    [400, "a space in the target", get("/a b")],
    [400, "bytes in the target", get("/\xe9")],
    [400, "an escaped NUL", get("/a%00b")],
    [400, "a broken escape", get("/a%zz")],
    [400, "the asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"],
    [400, "a target without a path", get("?x")],
    [400, "user information", get("http://u@a/")],
    [400, "another scheme", get("ftp://a/")],
    [400, "CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"],
    [405, "TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"],
    [505, "the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    [505, "HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"],
    [400, "HTTP/x", "GET / HTTP/x\r\nHost: a\r\n\r\n"],
    [400, "HTTP/0.9", "GET /\r\n\r\n"],
    [400, "a space behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"],
    [400, "a small method", "get / HTTP/1.1\r\nHost: a\r\n\r\n"],
    [400, "a broken chunk size", `${body}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    [400, "a chunk size of a sign", `${body}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
    [400, "a chunk size in 0x", `${body}Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n`],
    [400, "a chunk size beyond any number", `${body}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n`],
    [400, "a space behind the chunk size", `${body}Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n`],
    [400, "a chunk that is longer", `${body}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`],
    [400, "a bare LF behind the chunk size", `${body}Transfer-Encoding: chunked\r\n\r\n1\na\r\n`],
    [400, "an empty chunk extension", `${body}Transfer-Encoding: chunked\r\n\r\n1;\r\na\r\n`],
    [400, "a line end in a chunk extension", `${body}Transfer-Encoding: chunked\r\n\r\n1;a="\r\n"\r\na\r\n`],
    [400, "an endless chunk extension", `${body}Transfer-Encoding: chunked\r\n\r\n1;a=${"b".repeat(2_000)}`],
    [400, "a folded trailer", `${body}Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n`],
    [414, "a long target", get(`/${"a".repeat(9_000)}`)],
    [400, "a long field", get("/", `X-A: ${"a".repeat(9_000)}\r\n`)],
    [400, "a long head", get("/", `X-A: ${"a".repeat(8_000)}\r\n`.repeat(5))],
    [400, "a head of too many fields", get("/", "A:\r\n".repeat(1_001))],
    [413, "a body beyond the limit", `${body}Content-Length: 1001\r\n\r\n`],
    [413, "chunks beyond the limit", `${body}Transfer-Encoding: chunked\r\n\r\n3e9\r\n${"a".repeat(1_001)}`],
  ])("gets %i: %s", async (status, _title, text) => {
    rig = await Rig.start(() => {}, { limits: { maxBodyBytes: 1_000 } });
    expect(await rig.once(text)).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [^]*Connection: close\r\n\r\nrefused\n$`),
    );
    // Nothing of it was understood, so nothing of it is passed on as a whole request.
    for (const { received } of rig.connections) expect(received).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  it("leaves no second request behind", async () => {
    rig = await Rig.start(always(ok()));
    const smuggled = `${body}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`;
    expect((await rig.once(smuggled)).match(/HTTP\/1.1/g)).toHaveLength(1);
    expect(rig.connections).toHaveLength(0);
  });
});
