import { parentPort, workerData } from "node:worker_threads";
import { SqliteDriver } from "../../adapters/sql/node.ts";

/** Opens files together with other threads: each one at the moment when all of them are there. */
const { files, gate, threads } = workerData as { files: string[]; gate: SharedArrayBuffer; threads: number };
const arrived = new Int32Array(gate);
let problem: string | undefined;
for (const [round, file] of files.entries()) {
  Atomics.add(arrived, 0, 1);
  while (Atomics.load(arrived, 0) < threads * (round + 1));
  try {
    const driver = new SqliteDriver(file);
    await driver.query("CREATE TABLE IF NOT EXISTS t (a)");
    await driver.close();
  } catch (error) {
    problem ??= String(error);
  }
}
parentPort!.postMessage(problem);
