import { afterAll, beforeAll } from "vitest";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { freePorts } from "../support/ports.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";
import { document } from "./document.ts";
import { describeBehaviour } from "./suite.ts";

let daemon: Daemon;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream();
  const [deadPort] = (await freePorts(1)) as [number];
  daemon = await startDaemon({ document: document(upstream.port, deadPort) });
}, 20_000);

afterAll(async () => {
  await daemon?.stop();
  await upstream?.close();
});

describeBehaviour("node", () => ({ port: daemon.proxyPort, upstream }));
