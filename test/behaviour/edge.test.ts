import { afterAll, beforeAll } from "vitest";
import { type Edge, startEdge } from "../support/edge.ts";
import { freePorts } from "../support/ports.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";
import { document } from "./document.ts";
import { describeBehaviour } from "./suite.ts";

let edge: Edge;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream();
  const [deadPort] = (await freePorts(1)) as [number];
  edge = await startEdge(document(upstream.port, deadPort));
}, 30_000);

afterAll(async () => {
  await edge?.close();
  await upstream?.close();
});

describeBehaviour("edge", () => ({ port: edge.port, upstream }));
