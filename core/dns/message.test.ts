import { decode, encode } from "../../test/support/packet.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DnsReply, readReply, writeQuery } from "./message.ts";

const reply = (packet: Record<string, unknown>): DnsReply | undefined =>
  readReply(encode({ type: "response", id: 7, ...packet }));

describe("a query", () => {
  test.each([0, 1232])("is read by others, with extensions of %i bytes", (udpBytes) => {
    const bytes = writeQuery(0xbeef, "A.example.test", "SRV", udpBytes);
    const {
      id,
      type,
      questions,
      additionals = [],
      flag_rd,
    } = decode(bytes) as ReturnType<typeof decode> & {
      flag_rd: boolean;
    };
    expect({ id, type, questions, flag_rd }).toEqual({
      id: 0xbeef,
      type: "query",
      questions: [{ name: "A.example.test", type: "SRV", class: "IN" }],
      flag_rd: true,
    });
    expect(additionals.map(({ type, udpPayloadSize }) => [type, udpPayloadSize])).toEqual(
      udpBytes === 0 ? [] : [["OPT", udpBytes]],
    );
  });

  test("is no reply", () => {
    expect(readReply(writeQuery(1, "a.test", "A", 0))).toBeUndefined();
  });
});

describe("a reply", () => {
  test("tells records of every type, names compressed or not, and leaves others out", () => {
    const name = "a.example.test";
    const read = reply({
      questions: [{ type: "A", name: "A.Example.test" }],
      answers: [
        { type: "CNAME", name: "A.Example.test", ttl: 5, data: "B.example.test" },
        { type: "A", name: "b.example.test", ttl: 6, data: "10.0.0.1" },
        { type: "AAAA", name: "b.example.test", ttl: 7, data: "2001:db8::1:0:0:1" },
        { type: "TXT", name, ttl: 8, data: "text" },
        {
          type: "SRV",
          name,
          ttl: 9,
          data: { priority: 1, weight: 2, port: 3, target: "c.example.test" },
        },
      ],
    });
    expect(read).toEqual({
      id: 7,
      question: { name: "A.Example.test", type: "A" },
      isTruncated: false,
      rcode: "NOERROR",
      records: [
        { type: "CNAME", name, ttlMs: 5_000, target: "b.example.test" },
        { type: "A", name: "b.example.test", ttlMs: 6_000, address: "10.0.0.1" },
        { type: "AAAA", name: "b.example.test", ttlMs: 7_000, address: "2001:db8::1:0:0:1" },
        { type: "SRV", name, ttlMs: 9_000, priority: 1, weight: 2, port: 3, target: "c.example.test" },
      ],
      negativeTtlMs: undefined,
    });
  });

  test("tells how long there is nothing, truncation and what went wrong", () => {
    const data = {
      mname: "ns.test",
      rname: "x.test",
      serial: 1,
      refresh: 2,
      retry: 3,
      expire: 4,
      minimum: 7,
    };
    const authorities = [{ type: "SOA", name: "test", ttl: 60, data }];
    expect(reply({ flags: 0x203, authorities })).toMatchObject({
      rcode: "NXDOMAIN",
      isTruncated: true,
      negativeTtlMs: 7_000,
      question: undefined,
    });
    expect(reply({ flags: 9 })?.rcode).toBe("RCODE9");
  });

  test("believes no ttl with the first bit set, and none of more than a week", () => {
    const answer = (ttl: number) => reply({ answers: [{ type: "A", name: "a", ttl, data: "1.2.3.4" }] });
    expect(answer(0x80000000)?.records[0]?.ttlMs).toBe(0);
    expect(answer(0x7fffffff)?.records[0]?.ttlMs).toBe(604_800_000);
  });

  test("writes IPv6 addresses as RFC 5952 asks", () => {
    const text = (data: string) => reply({ answers: [{ type: "AAAA", name: "a", data }] })?.records[0];
    for (const [given, expected] of [
      ["::", "::"],
      ["::1", "::1"],
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["1::", "1::"],
    ] as const)
      expect(text(given)).toMatchObject({ address: expected });
  });
});

/** A header with one question whose name is these bytes. */
const asking = (...name: number[]): Uint8Array =>
  Uint8Array.from([0, 7, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 1, 0, 1]);

describe("what is no message is refused", () => {
  test.each([
    ["a pointer to itself", asking(0xc0, 12)],
    ["a pointer ahead", asking(0xc0, 40)],
    ["pointers that go round through labels", asking(1, 97, 0xc0, 12)],
    ["a label of an unknown kind", asking(0x80, 1)],
    [
      "a name of more than 255 bytes",
      asking(...Array.from({ length: 5 }, () => [63, ...Array<number>(63).fill(97)]).flat(), 0),
    ],
    ["nothing", new Uint8Array()],
    ["half a header", asking(0).subarray(0, 11)],
  ])("%s", (_, message) => {
    expect(() => readReply(message)).toThrow(RangeError);
  });

  test("data that is shorter or longer than its type", () => {
    const whole = encode({ type: "response", answers: [{ type: "A", name: "a", data: "1.2.3.4" }] });
    const wrong = Uint8Array.from([...whole.subarray(0, -5), 3, ...whole.subarray(-4, -1)]);
    expect(() => readReply(wrong)).toThrow(RangeError);
  });

  test("any bytes at all end in a reply or a RangeError", () => {
    const whole = encode({
      type: "response",
      questions: [{ type: "A", name: "a.test" }],
      answers: [{ type: "CNAME", name: "a.test", data: "b.a.test" }],
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          readReply(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
