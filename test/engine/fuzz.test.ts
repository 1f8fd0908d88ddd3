import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completed, play } from "./paper.ts";

const name = fc.stringMatching(/^X-[A-Za-z0-9]{1,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~\t\u00a0-\u00ff]{0,20}[!-~])?$/);
const target = fc.stringMatching(/^\/[a-z0-9/._~-]{0,20}(\?[a-z0-9=&+]{0,10})?$/);
const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const extension = fc.constantFrom("", ";a", ";a=b", ';a="b;c\\"d"', ";a;b=c");

interface Message {
  readonly text: string;
  readonly method: string;
  readonly target: string;
  readonly body: string | undefined;
}

const fields = fc
  .array(fc.tuple(name, value), { maxLength: 5 })
  .map((list) => list.map(([n, v]) => `${n}: ${v}\r\n`).join(""));

const bare: fc.Arbitrary<Message> = fc
  .tuple(fc.constantFrom("GET", "HEAD", "DELETE", "REPORT"), target, fields)
  .map(([method, path, lines]) => ({
    text: `${method} ${path} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`,
    method,
    target: path,
    body: undefined,
  }));

const sized: fc.Arbitrary<Message> = fc.tuple(target, fields, body).map(([path, lines, content]) => ({
  text: `POST ${path} HTTP/1.1\r\n${lines}Host: a\r\nContent-Length: ${content.length}\r\n\r\n${content}`,
  method: "POST",
  target: path,
  body: content,
}));

const chunked: fc.Arbitrary<Message> = fc
  .tuple(
    target,
    fc.array(
      fc.tuple(
        body.filter((b) => b !== ""),
        extension,
      ),
      { maxLength: 4 },
    ),
    fc.boolean(),
  )
  .map(([path, chunks, withTrailer]) => ({
    text:
      `PUT ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n` +
      chunks.map(([data, more]) => `${data.length.toString(16)}${more}\r\n${data}\r\n`).join("") +
      `0\r\n${withTrailer ? "X-Trailer: t\r\n" : ""}\r\n`,
    method: "PUT",
    target: path,
    body: chunks.map(([data]) => data).join(""),
  }));

const conversation = fc.array(fc.oneof(bare, sized, chunked), { minLength: 1, maxLength: 4 });
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => Math.floor(place * bytes.length)))].sort((a, b) => a - b);
  return [...at, bytes.length]
    .map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end))
    .filter((p) => p.length > 0);
}

describe("the bytes of HTTP/1.1 requests", () => {
  it("mean the same however they are cut", () => {
    fc.assert(
      fc.property(conversation, cuts, (messages, places) => {
        const bytes = Buffer.from(messages.map(({ text }) => text).join(""), "latin1");
        const whole = play([bytes]);
        expect(whole.refused).toEqual([]);
        expect(
          whole.requests.map(({ method, target: t, body: b, outcome }) => [
            method,
            t,
            outcome === "none" ? undefined : b,
          ]),
        ).toEqual(messages.map((message) => [message.method, message.target, message.body]));
        expect(play(cut(bytes, places))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it("mean the same byte by byte", () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const bytes = Buffer.from(messages.map(({ text }) => text).join(""), "latin1");
        expect(play([...bytes].map((byte) => Buffer.of(byte)))).toEqual(play([bytes]));
      }),
      { numRuns: 40 },
    );
  });

  const mutation = fc.array(
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom("set", "insert", "delete"),
      fc.oneof(fc.constantFrom(0, 9, 10, 13, 32, 58, 44, 59), fc.nat(255)),
    ),
    { minLength: 1, maxLength: 3 },
  );

  it("never desynchronise the connection when they are mutated: cuts still change nothing", () => {
    fc.assert(
      fc.property(conversation, mutation, cuts, (messages, changes, places) => {
        const bytes = [...Buffer.from(messages.map(({ text }) => text).join(""), "latin1")];
        for (const [place, kind, byte] of changes) {
          const at = Math.floor(place * bytes.length);
          if (kind === "insert") bytes.splice(at, 0, byte);
          else if (kind === "delete") bytes.splice(at, 1);
          else bytes[at] = byte;
        }
        // A line is judged when it ends, or earlier: it ends here.
        const all = Buffer.from([...bytes, 13, 10, 13, 10]);
        // Data behind an HTTP/1.0 request is refused when it is already there: that rule knows time.
        fc.pre(!all.includes("HTTP/1.0"));
        const whole = play([all]);
        const parts = play(cut(all, places));
        expect(completed(parts)).toEqual(completed(whole));
        expect(parts.refused).toEqual(whole.refused);
        // After a refusal nothing is a request any more.
        expect(whole.refused.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1_000 },
    );
  });
});
