import type { TestProject } from "vitest/node";
import { freePorts } from "./ports.ts";
import { startUpstream } from "./upstream.ts";

declare module "vitest" {
  export interface ProvidedContext {
    upstreamPort: number;
    deadPort: number;
  }
}

/** Once for the whole run: an upstream that suites in both runtimes can reach. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const upstream = await startUpstream();
  const [deadPort] = (await freePorts(1)) as [number];
  project.provide("upstreamPort", upstream.port);
  project.provide("deadPort", deadPort);
  return () => upstream.close();
}
