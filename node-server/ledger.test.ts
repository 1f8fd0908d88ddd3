import { expect, test } from "vitest";
import type { WorkerCounts } from "../core/index.ts";
import { Ledger } from "./ledger.ts";

const counted = (requests: number): WorkerCounts => ({
  pid: requests,
  connectionsActive: 1,
  connectionsOpen: 1,
  connectionsAccepted: requests,
  requests,
  heapBytes: 1_000,
  metrics: { a: requests },
  timers: { running: 0, waiting: 0, runs: 0, jobs: {} },
});

test("totals never fall, not even while no worker is there", () => {
  const ledger = new Ledger<string>();
  expect(ledger.all()).toEqual([]);
  ledger.tell("one", counted(3));
  ledger.tell("two", counted(4));
  ledger.leave("one");
  expect(ledger.all()).toMatchObject([{ pid: 4, requests: 7, heapBytes: 1_000, metrics: { a: 7 } }]);
  ledger.leave("two");
  ledger.leave("two");
  const nobody = { requests: 7, connectionsAccepted: 7, metrics: { a: 7 }, connectionsOpen: 0, heapBytes: 0 };
  expect(ledger.all()).toMatchObject([nobody]);
  ledger.tell("three", counted(1));
  expect(ledger.all()).toMatchObject([{ requests: 8, connectionsOpen: 1, metrics: { a: 8 } }]);
});
