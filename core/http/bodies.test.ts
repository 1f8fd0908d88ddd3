import { describe, expect, test } from "vitest";
import { BodyTooLargeError, BytesBody, Collector, readAll } from "./bodies.ts";

const bytes = new TextEncoder().encode("hello");

describe("a body in memory", () => {
  test("is read whole", async () => {
    expect(await readAll(new BytesBody(bytes), 5)).toEqual(bytes);
  });

  test("of exactly the limit passes, one byte more does not", async () => {
    await expect(readAll(new BytesBody(bytes), 4)).rejects.toThrow(BodyTooLargeError);
  });

  test("ends only after a paused sink resumed it", () => {
    const body = new BytesBody(bytes);
    let ended = false;
    body.start({ chunk: () => false, end: () => (ended = true), fail: () => undefined });
    expect(ended).toBe(false);
    body.resume();
    expect(ended).toBe(true);
  });

  test("tells nothing any more once cancelled", () => {
    const body = new BytesBody(bytes);
    let ended = false;
    body.start({ chunk: () => false, end: () => (ended = true), fail: () => undefined });
    body.cancel();
    body.resume();
    expect(ended).toBe(false);
  });

  test("is read once", () => {
    const body = new BytesBody(bytes);
    const sink = { chunk: () => true, end: () => undefined, fail: () => undefined };
    body.start(sink);
    expect(() => body.start(sink)).toThrow(TypeError);
  });
});

test("a piece of any kind is copied while it is collected", () => {
  // As Node's Buffer is.
  class View extends Uint8Array {
    override slice(): Uint8Array<ArrayBuffer> {
      return this.subarray();
    }
  }
  const piece = new View(new ArrayBuffer(2)).fill(1);
  const collector = new Collector();
  collector.add(piece);
  piece.fill(2);
  expect([...collector.whole()]).toEqual([1, 1]);
});
