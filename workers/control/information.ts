import { workerDeclarations, type NodeInformation, type RouterFlavor } from "../../core/index.ts";
import manifest from "../../package.json" with { type: "json" };
import type { ControlEnv } from "./env.ts";

/** The version of Kong whose conventions hold. */
const kongVersion = "3.9.1";

const flavors: readonly string[] = ["traditional_compatible", "traditional", "expressions"];

export const flavorOf = ({ ROUTER_FLAVOR: flavor = "" }: ControlEnv): RouterFlavor =>
  (flavors.includes(flavor) ? flavor : "traditional_compatible") as RouterFlavor;

/** What the control plane tells of itself. */
export const informationOf = (env: ControlEnv, nodeId: string): NodeInformation => ({
  version: kongVersion,
  sallyport: manifest.version,
  hostname: "edge",
  nodeId,
  masterPid: 0,
  workerPids: [],
  plugins: workerDeclarations,
  properties: {
    database: "sqlite",
    role: "traditional",
    router_flavor: flavorOf(env),
    plugins: ["bundled"],
    log_level: env.LOG_LEVEL ?? "notice",
    proxy_listen: ["edge"],
    admin_listen: ["edge"],
  },
});
