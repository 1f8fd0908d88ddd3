import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { completed, play } from "./paper.ts";

interface Case {
  readonly name: string;
  readonly type: string;
  readonly pause: boolean;
  readonly raw: string;
  readonly expect: "accept" | "reject";
  readonly reason?: string;
}

const text = readFileSync(new URL("../corpora/http1-requests.json", import.meta.url), "utf8");
const all: Case[] = JSON.parse(text);
const cases = all.filter(({ type, pause }) => type === "request" && !pause);
const wrong = cases.filter((one) => one.expect === "reject" && !one.reason?.startsWith("Pause on"));

it.each(wrong)("what llhttp rejects is not accepted: $name ($reason)", ({ raw }) => {
  const played = play([Buffer.from(raw, "base64")]);
  const understood = played.requests.filter(({ outcome }) => outcome === "none" || outcome === "ended");
  // Either it is refused, or its last request is never complete.
  expect(played.refused.length > 0 || understood.length === 0).toBe(true);
});

it("every request of the corpus means the same byte by byte", () => {
  for (const { raw } of cases) {
    // A line is judged when it ends, or earlier.
    const bytes = Buffer.concat([Buffer.from(raw, "base64"), Buffer.from("\r\n\r\n")]);
    if (bytes.includes("HTTP/1.0")) continue;
    const whole = play([bytes]);
    const parts = play([...bytes].map((byte) => Buffer.of(byte)));
    expect(completed(parts)).toEqual(completed(whole));
    expect(parts.refused).toEqual(whole.refused);
  }
});
