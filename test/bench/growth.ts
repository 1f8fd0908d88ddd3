import type { ChildProcess } from "node:child_process";
import { freePorts } from "../support/ports.ts";
import { startGateway } from "./node.ts";
import { load, median, pin, startNginx } from "./process.ts";

export interface Growth {
  readonly name: string;
  readonly oneWorkerUs: number;
  readonly twoWorkersUs: number;
  readonly ratio: number;
}

/** Seconds until both workers' code is compiled as well as it gets: their compilers count, too. */
const warmSeconds = 10;

interface Candidate {
  readonly name: string;
  readonly workers: 1 | 2;
  readonly url: string;
  readonly child: ChildProcess;
}

/**
 * What a second worker costs: CPU a request with two over that with one, of the daemon and of nginx. All four run free on
 * both processors, which they share with load and upstream, in turns.
 */
export const benchGrowth = async (
  proxyConf: (port: number) => string,
  document: Record<string, unknown>,
  path: string,
  rounds: number,
  seconds: number,
): Promise<Growth[]> => {
  const candidates: Candidate[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(
      candidates.map(async ({ child }) => {
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (isOver) return;
        const over = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await over;
      }),
    );
  };
  try {
    for (const workers of [1, 2] as const) {
      const [nginxPort, port, adminPort] = (await freePorts(3)) as [number, number, number];
      const nginx = startNginx(proxyConf(nginxPort), ...[0, 1].slice(0, workers));
      const url = (of: number, target: string): string => `http://127.0.0.1:${of}${target}`;
      candidates.push({ name: "nginx", workers, url: url(nginxPort, "/"), child: nginx });
      const child = await startGateway(document, port, adminPort, workers);
      candidates.push({ name: "sallyport", workers, url: url(port, path), child });
    }
    for (const { name, url, child } of candidates) {
      pin(child.pid!, [0, 1]);
      load(child.pid!, url, name === "nginx" ? 1 : warmSeconds);
    }
    const times = new Map(candidates.map((candidate) => [candidate, [] as number[]]));
    for (let round = 0; round < rounds; round++)
      for (const candidate of candidates) {
        const { usPerRequest, failures } = load(candidate.child.pid!, candidate.url, seconds);
        if (failures > 0) throw new Error(`${candidate.name}: ${failures} answers were not 2xx`);
        times.get(candidate)!.push(usPerRequest);
      }
    const of = (name: string, workers: number): readonly number[] =>
      times.get(candidates.find((one) => one.name === name && one.workers === workers)!)!;
    return ["nginx", "sallyport"].map((name) => {
      const [one, two] = [of(name, 1), of(name, 2)];
      return {
        name,
        oneWorkerUs: median(one),
        twoWorkersUs: median(two),
        ratio: median(two.map((us, round) => us / one[round]!)),
      };
    });
  } finally {
    await end();
  }
};
