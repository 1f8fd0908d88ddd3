import { invalidate, measure, verify } from "./run.ts";
import { ChaosWorld } from "./world.ts";

/**
 * Three nodes with two workers each on PostgreSQL: how soon a write is everywhere, and whether all agree after a storm.
 * Arguments: the number of writes in the storm, 1,000 unless told.
 */
const writes = Number(process.argv[2] ?? 1_000);
const at = (times: readonly number[], share: number): string =>
  `${times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(1)} ms`;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

for (const isNotified of [true, false]) {
  const updateSeconds = isNotified ? 5 : 1;
  const world = await ChaosWorld.start({ updateSeconds, isNotified });
  try {
    const times = await measure(world, isNotified ? 100 : 30);
    const how = isNotified ? "with NOTIFY" : `by looking every ${updateSeconds} s`;
    say(
      `write to worker, ${how}: median ${at(times, 0.5)}, p95 ${at(times, 0.95)}, most ${at(times, 1)} (${times.length})`,
    );
    const startedAt = performance.now();
    const report = await invalidate(world, isNotified ? writes : writes / 5);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    const problems = await verify(world, 30_000);
    say(`${JSON.stringify(report)} in ${seconds} s: ${problems.length} problems`);
    for (const problem of problems) say(`  ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await world.close();
  }
}
