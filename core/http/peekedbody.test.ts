import { expect, test } from "vitest";
import type { BodySink, BodyStream } from "../ports/body.ts";
import { PeekedBody } from "./peekedbody.ts";

/** A body whose sender is the test. */
class Source implements BodyStream {
  readonly lengthBytes = undefined;
  sink!: BodySink;
  resumed = 0;
  cancelled = 0;
  start(sink: BodySink): void {
    this.sink = sink;
  }
  resume(): void {
    this.resumed++;
  }
  cancel(): void {
    this.cancelled++;
  }
}

const peeked = () => {
  const source = new Source();
  const body = new PeekedBody(source);
  const told: unknown[] = [];
  const sink = (wants: boolean): BodySink => ({
    chunk: (bytes) => (told.push([...bytes]), wants),
    end: (trailers) => void told.push(trailers ?? "end"),
    fail: (error) => void told.push(error.message),
  });
  return { source, body, told, sink, first: body.peek() };
};

test("the first piece is kept, and waits for who takes the body", async () => {
  const { source, body, told, sink, first } = peeked();
  const piece = new Uint8Array([1]);
  expect(source.sink.chunk(piece)).toBe(false);
  piece[0] = 9;
  expect(await first).toBeUndefined();
  body.start(sink(true));
  expect([told, source.resumed]).toEqual([[[1]], 1]);
  expect(source.sink.chunk(new Uint8Array([2]))).toBe(true);
  source.sink.end(["a", "b"]);
  expect(told).toEqual([[1], [2], ["a", "b"]]);
});

test("an end that comes with the first piece is told after it, when there is room", async () => {
  const { source, body, told, sink, first } = peeked();
  source.sink.chunk(new Uint8Array([1]));
  source.sink.end(["a", "b"]);
  expect(await first).toBeUndefined();
  body.start(sink(false));
  expect(told).toEqual([[1]]);
  body.resume();
  expect(told).toEqual([[1], ["a", "b"]]);
});

test("an empty body tells its trailers at once, and again where it is taken", async () => {
  const { source, body, told, sink, first } = peeked();
  source.sink.end(["a", "b"]);
  expect(await first).toEqual(["a", "b"]);
  body.start(sink(true));
  expect(told).toEqual([["a", "b"]]);
});

test("a failure is told to who takes the body", async () => {
  const { source, body, told, sink, first } = peeked();
  source.sink.fail(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  body.start(sink(true));
  expect(told).toEqual(["gone"]);
});

test("who is not interested any more ends the body", () => {
  const { source, body } = peeked();
  body.cancel();
  expect(source.cancelled).toBe(1);
});
