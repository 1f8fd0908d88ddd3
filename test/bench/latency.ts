import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { load } from "./process.ts";

export interface Latency {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Beyond the upstream's own. */
  readonly addedP99Ms: number;
}

const connections = "50";

interface Quantiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const outputOf = async (command: string, args: readonly string[], input: Buffer): Promise<Buffer> => {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(input);
  return buffer(child.stdout);
};

/**
 * Times of requests that are sent evenly, each when its time has come, whatever became of those before.
 *
 * @throws When one of them fails.
 */
export const latencyAt = async (
  url: string,
  requestsPerSecond: number,
  seconds: number,
): Promise<Quantiles> => {
  const limits = ["-connections", connections, "-max-connections", connections, "-max-workers", connections];
  const attack = ["attack", `-rate=${requestsPerSecond}`, `-duration=${seconds}s`, ...limits];
  const results = await outputOf("taskset", ["-c", "0", "vegeta", ...attack], Buffer.from(`GET ${url}`));
  const report = await outputOf("vegeta", ["report", "-type=json"], results);
  const { latencies, success } = JSON.parse(report.toString()) as {
    latencies: { "50th": number; "99th": number };
    success: number;
  };
  if (success < 1) throw new Error(`${url}: ${success} of the requests succeeded`);
  return { p50Ms: latencies["50th"] / 1e6, p99Ms: latencies["99th"] / 1e6 };
};

/**
 * The times of requests at half of what the gateway can serve, of the upstream itself and of what stands before it, in
 * turns; of each the least of all rounds, since others use the machine, too.
 *
 * @param targets The first is the upstream, the last one the gateway.
 */
export const benchLatency = async (
  gatewayPid: number,
  targets: readonly { readonly name: string; readonly url: string }[],
  rounds: number,
  seconds: number,
): Promise<Latency[]> => {
  const full = load(gatewayPid, targets.at(-1)!.url, 2).requestsPerSecond;
  const requestsPerSecond = Math.round(full / 2);
  const quantiles = targets.map(() => ({ p50Ms: Number.POSITIVE_INFINITY, p99Ms: Number.POSITIVE_INFINITY }));
  for (let round = 0; round < rounds; round++)
    for (const [i, { url }] of targets.entries()) {
      const { p50Ms, p99Ms } = await latencyAt(url, requestsPerSecond, seconds);
      const least = quantiles[i]!;
      least.p50Ms = Math.min(least.p50Ms, p50Ms);
      least.p99Ms = Math.min(least.p99Ms, p99Ms);
    }
  return targets.map(({ name }, i) => ({
    name,
    requestsPerSecond,
    ...quantiles[i]!,
    addedP99Ms: quantiles[i]!.p99Ms - quantiles[0]!.p99Ms,
  }));
};
