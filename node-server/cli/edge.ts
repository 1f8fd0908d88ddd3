import type { Command } from "commander";
import { lazily } from "./failure.ts";

const conf = ["-c, --conf <file>", "configuration file"] as const;

/** `build`, `deploy`, `sync`: what brings a gateway to the edge. */
export const addEdge = (program: Command): void => {
  program
    .command("build")
    .description("Make a Worker that serves a declarative file at the edge")
    .requiredOption("--edge <file>", "YAML or JSON")
    .option("--out <folder>", "where to", "edge")
    .option("--name <name>", "name of the Worker", "sallyport")
    .option(
      "--kv-id <id>",
      "the KV namespace for configurations that are published later",
      "sallyport-config",
    )
    .option(...conf)
    .action(lazily(async () => (await import("./deploy.ts")).build));
  program
    .command("deploy")
    .description(
      "Check a configuration against what the edge can do, and deploy the gateway there by wrangler",
    )
    .argument("[file]", "YAML or JSON")
    .option("--admin <url>", "check what the gateway at this Admin API holds")
    .option("--dry-run", "send nothing")
    .option("--project <folder>", "where the wrangler files are, or are to be written", ".")
    .option("--name <name>", "name of the Worker", "sallyport")
    .option("--kv-id <id>", "the KV namespace that both Workers share")
    .option(...conf)
    .action(lazily(async () => (await import("./deploy.ts")).deploy));
  program
    .command("sync")
    .description("Bring what a gateway holds to the edge's control plane")
    .requiredOption("--from <url>", "the Admin API of the gateway")
    .requiredOption("--to <url>", "the Admin API at the edge")
    .option("--from-token <token>", "what the gateway asks for (default: admin_token)")
    .option("--to-token <token>", "what the edge asks for (default: SALLYPORT_EDGE_TOKEN)")
    .option("-y, --yes", "do not ask")
    .option("--watch", "go on, and bring over each change")
    .option("--interval <seconds>", "between two looks", "5")
    .option(...conf)
    .action(lazily(async () => (await import("./sync.ts")).sync));
};
