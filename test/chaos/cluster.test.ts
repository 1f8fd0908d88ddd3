import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresFolder } from "../support/postgres.ts";
import { invalidate, measure, verify } from "./run.ts";
import { ChaosWorld } from "./world.ts";

/** The storm of `test/chaos/index.ts` in small. */
describe.skipIf(postgresFolder === undefined)("three nodes with two workers on PostgreSQL", () => {
  let world: ChaosWorld;
  beforeAll(async () => {
    world = await ChaosWorld.start({ updateSeconds: 1, isNotified: true });
  }, 120_000);
  afterAll(() => world.close(), 60_000);

  test("serve every write on every worker, while all is well", async () => {
    expect(await measure(world, 6)).toHaveLength(6 * 6);
  }, 60_000);

  test("serve nothing stale after a storm of failures, and take nothing twice", async () => {
    const report = await invalidate(world, 100);
    expect(report.writes).toBe(100);
    expect(report).toMatchObject({ restarts: 2, kills: 2 });
    expect(await verify(world, 60_000)).toEqual([]);
  }, 240_000);
});
