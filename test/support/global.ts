import { readFileSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { startDoh } from "./doh.ts";
import { installed, startBind, startUnbound } from "./nameserver.ts";
import { freePorts } from "./ports.ts";
import { startUpstream } from "./upstream.ts";

/** Once for the whole run: an upstream and name servers that suites in both runtimes can reach. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const upstream = await startUpstream();
  const [deadPort] = (await freePorts(1)) as [number];
  project.provide("upstreamPort", upstream.port);
  project.provide("deadPort", deadPort);
  const zone = readFileSync(path.join(import.meta.dirname, "../zones/gw.test.zone"), "utf8");
  const bind9 = installed.bind9 ? await startBind(zone) : undefined;
  const unbound = installed.unbound ? await startUnbound(zone) : undefined;
  const doh = bind9 === undefined ? undefined : await startDoh(bind9.address);
  project.provide("nameServers", {
    ...(bind9 && { bind9: bind9.address }),
    ...(unbound && { unbound: unbound.address }),
  });
  project.provide("dohUrl", doh?.url);
  return async () => {
    await Promise.all([upstream.close(), doh?.close(), bind9?.stop(), unbound?.stop()]);
  };
}
