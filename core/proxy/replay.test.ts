import { describe, expect, test } from "vitest";
import type { BodySink, BodyStream } from "../ports/body.ts";
import { ReplayBody } from "./replay.ts";

/** A body that is pushed by hand. */
class ManualBody implements BodyStream {
  readonly lengthBytes: number | undefined;
  sink: BodySink | undefined;
  resumed = 0;
  cancelled = false;
  constructor(lengthBytes?: number) {
    this.lengthBytes = lengthBytes;
  }
  start(sink: BodySink): void {
    this.sink = sink;
  }
  resume(): void {
    this.resumed++;
  }
  cancel(): void {
    this.cancelled = true;
  }
  push(text: string): boolean {
    return this.sink!.chunk(new TextEncoder().encode(text));
  }
}

const reader = (
  accepts: boolean = true,
): BodySink & { text: string; ended: boolean; error: Error | undefined } => ({
  text: "",
  ended: false,
  error: undefined,
  chunk(bytes) {
    this.text += new TextDecoder().decode(bytes);
    return accepts;
  },
  end() {
    this.ended = true;
  },
  fail(error) {
    this.error = error;
  },
});

describe("a body that can be sent again", () => {
  test("gives a second reader what the first one got, then the rest", () => {
    const source = new ManualBody();
    const body = new ReplayBody(source, 100);
    const [first, second] = [reader(), reader()];
    body.start(first);
    source.push("ab");
    body.cancel();
    expect(source.push("cd")).toBe(false);
    body.start(second);
    expect(source.resumed).toBe(1);
    source.push("ef");
    source.sink!.end(undefined);
    expect([first.text, second.text, second.ended]).toEqual(["ab", "abcdef", true]);
  });

  test("is sent once when it is longer than what is kept", () => {
    const source = new ManualBody();
    const body = new ReplayBody(source, 3);
    body.start(reader());
    source.push("abc");
    expect(body.canRestart).toBe(true);
    source.push("d");
    expect(body.canRestart).toBe(false);
    expect(() => body.start(reader())).toThrow(TypeError);
  });

  test("tells its length once it was read ahead to its end", async () => {
    const source = new ManualBody();
    const body = new ReplayBody(source, 100);
    const ready = body.prefetch();
    source.push("abc");
    source.sink!.end(undefined);
    await ready;
    expect(body.lengthBytes).toBe(3);
    const sink = reader();
    body.start(sink);
    expect([sink.text, sink.ended]).toEqual(["abc", true]);
  });

  test("reads ahead no further than what is kept, then streams", async () => {
    const source = new ManualBody();
    const body = new ReplayBody(source, 4);
    const ready = body.prefetch();
    expect(source.push("abc")).toBe(true);
    expect(source.push("def")).toBe(false);
    await ready;
    expect(body.lengthBytes).toBeUndefined();
    const sink = reader();
    body.start(sink);
    expect(source.resumed).toBe(1);
    expect(source.push("ghi")).toBe(true);
    expect(sink.text).toBe("abcdefghi");
  });

  test("waits for a reader that asked for a pause while it replays", () => {
    const source = new ManualBody();
    const body = new ReplayBody(source, 100);
    body.start(reader());
    source.push("a");
    source.push("b");
    body.cancel();
    const slow = reader(false);
    body.start(slow);
    expect(slow.text).toBe("a");
    body.resume();
    expect(slow.text).toBe("ab");
  });

  test("fails for every reader when the client broke off", () => {
    const source = new ManualBody();
    const body = new ReplayBody(source, 100);
    const [first, second] = [reader(), reader()];
    body.start(first);
    source.sink!.fail(new Error("gone"));
    body.cancel();
    body.start(second);
    expect([first.error?.message, second.error?.message]).toEqual(["gone", "gone"]);
  });

  test("ends the source only when it is abandoned", () => {
    const source = new ManualBody();
    const body = new ReplayBody(source, 100);
    body.start(reader());
    body.cancel();
    expect(source.cancelled).toBe(false);
    body.abandon();
    expect(source.cancelled).toBe(true);
  });
});
