import { expect, test } from "vitest";
import { firstGrpcMessage, grpcFrame, GrpcFrames } from "./grpcframe.ts";
import { joinBytes } from "./bodies.ts";

const messages = [new Uint8Array([1, 2, 3]), new Uint8Array(0), new Uint8Array(300).fill(7)];
const flow = joinBytes(messages.map((message) => grpcFrame(message)));

test("messages are found wherever their bytes are cut", () => {
  for (let pieceBytes = 1; pieceBytes <= flow.byteLength; pieceBytes++) {
    const frames = new GrpcFrames(1_000);
    const found: Uint8Array[] = [];
    for (let at = 0; at < flow.byteLength; at += pieceBytes)
      found.push(...frames.push(flow.subarray(at, at + pieceBytes)));
    expect(found).toEqual(messages);
    expect(frames.isOpen).toBe(false);
  }
});

test("a message that is not complete is open", () => {
  const frames = new GrpcFrames(1_000);
  expect(frames.push(flow.subarray(0, 7))).toEqual([]);
  expect(frames.isOpen).toBe(true);
  expect(firstGrpcMessage(flow.subarray(0, 7))).toBeUndefined();
  expect(firstGrpcMessage(flow)).toEqual(messages[0]);
});

test("a message that says to be larger than the bound is refused before it is here", () => {
  const frames = new GrpcFrames(305);
  expect(frames.push(grpcFrame(new Uint8Array(300)))).toHaveLength(1);
  expect(() => frames.push(new Uint8Array([0, 255, 255, 255, 255]))).toThrow("larger than 305 bytes");
});

test("a compressed message is refused", () => {
  expect(() => new GrpcFrames(99).push(grpcFrame(messages[0]!, 1))).toThrow("compressed");
});
