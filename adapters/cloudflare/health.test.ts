import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { describeDialer } from "../../test/contracts/dialer.ts";
import type { Env } from "../../workers/env.ts";
import { socketDialer } from "./dialer.ts";
import { StorageHealthBoard } from "./healthboard.ts";

describeDialer("the runtime's sockets", socketDialer);

describe("the health board of a Durable Object", () => {
  test("keeps, adds and forgets numbers", async () => {
    const stub = (env as unknown as Required<Env>).HEALTH.getByName("board");
    await runInDurableObject(stub, (_, state) => {
      const board = new StorageHealthBoard(state.storage.kv);
      expect(board.get("a")).toBeUndefined();
      board.set("a", 2, Infinity);
      expect([board.get("a"), board.incr("a", 3, 9), board.incr("b", 3, 9)]).toEqual([2, 5, 12]);
      board.set("a", 0, 1);
      expect(board.get("a")).toBeUndefined();
    });
  });
});
