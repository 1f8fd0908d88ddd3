import { Command, CommanderError } from "commander";
import { check } from "./cli/check.ts";
import { init, parse } from "./cli/config.ts";
import { dbExport, dbImport } from "./cli/exchange.ts";
import { build, deploy } from "./cli/deploy.ts";
import { attempt } from "./cli/failure.ts";
import { bootstrap, finish, list, type MigrationsOptions, reset, status, up } from "./cli/migrations.ts";
import { health, quit, stop } from "./cli/node.ts";
import { diff, plan } from "./cli/plan.ts";
import { start, type StartOptions } from "./cli/start.ts";
import { sync } from "./cli/sync.ts";
import { showVersion } from "./cli/version.ts";

const program = new Command("sallyport")
  .description("One API gateway that runs the same at the origin and at the edge")
  .exitOverride()
  .showHelpAfterError();

program
  .command("start")
  .description("Start the gateway")
  .option("-c, --conf <file>", "configuration file (default: /etc/sallyport/sallyport.conf when it exists)")
  .option("-p, --prefix <folder>", "folder for pid file, logs and certificates")
  .action(start);

const prefix = ["-p, --prefix <folder>", "folder that the gateway runs in"] as const;
const conf = ["-c, --conf <file>", "configuration file"] as const;

program
  .command("stop")
  .description("Stop the gateway; requests under way may end")
  .option(...prefix)
  .option(...conf)
  .action(attempt(stop));

program
  .command("quit")
  .description("Stop the gateway when its requests have ended, by force after a while")
  .option(...prefix)
  .option(...conf)
  .option("-t, --timeout <seconds>", "seconds until force", "10")
  .option("-w, --wait <seconds>", "seconds before it begins", "0")
  .action(attempt(quit));

program
  .command("restart")
  .description("Stop the gateway, if it runs, and start it")
  .option(...prefix)
  .option(...conf)
  .action(async (options: StartOptions) => {
    await stop(options).catch(() => undefined);
    await start(options);
  });

program
  .command("health")
  .description("Tell whether the gateway runs")
  .option(...prefix)
  .option(...conf)
  .action(attempt(health));

program
  .command("check")
  .description("Check a configuration file: every problem at once")
  .argument("[conf]", "the file", "/etc/sallyport/sallyport.conf")
  .action(attempt(check));

const config = program.command("config").description("Work with declarative configurations");

config
  .command("init")
  .description("Write a sample to begin with")
  .argument("[file]", "where to", "kong.yml")
  .action(attempt(init));

config
  .command("parse")
  .description("Check a declarative configuration: every problem at once")
  .argument("<file>", "YAML or JSON")
  .option(...conf)
  .action(attempt(parse));

config
  .command("db_import")
  .description("Put a declarative configuration into the database: all of it or nothing, deleting nothing")
  .argument("<file>", "YAML or JSON")
  .option(...prefix)
  .option(...conf)
  .option("--delete", "delete what the file does not hold")
  .action(attempt(dbImport));

config
  .command("db_export")
  .description("Write the database as a declarative configuration")
  .argument("[file]", "where to", "kong.yml")
  .option(...prefix)
  .option(...conf)
  .action(attempt(dbExport));

const admin = ["--admin <url>", "compare with the gateway at this Admin API"] as const;

config
  .command("diff")
  .description("Tell in what a declarative configuration and a gateway differ; exit code 2 when they do")
  .argument("<file>", "YAML or JSON")
  .option(...prefix)
  .option(...conf)
  .option(...admin)
  .action(attempt(diff));

config
  .command("plan")
  .description("Tell what db_import would do")
  .argument("<file>", "YAML or JSON")
  .option(...prefix)
  .option(...conf)
  .option(...admin)
  .option("--delete", "as db_import --delete")
  .action(attempt(plan));

const migrations = program.command("migrations").description("Bring the database to this version's form");
const steps: [name: string, what: string, work: (options: MigrationsOptions) => Promise<void>][] = [
  ["bootstrap", "Prepare an empty database", bootstrap],
  ["up", "Begin new migrations", up],
  ["finish", "End pending migrations", finish],
  ["list", "List executed, pending and new migrations", list],
  ["status", "The same as JSON", status],
  ["reset", "Drop everything, rows included", reset],
];
for (const [name, what, work] of steps) {
  const command = migrations
    .command(name)
    .description(what)
    .option(...prefix)
    .option(...conf);
  if (name === "reset") command.option("-y, --yes", "do not ask");
  command.action(attempt(work));
}

program
  .command("build")
  .description("Make a Worker that serves a declarative file at the edge")
  .requiredOption("--edge <file>", "YAML or JSON")
  .option("--out <folder>", "where to", "edge")
  .option("--name <name>", "name of the Worker", "sallyport")
  .option("--kv-id <id>", "the KV namespace for configurations that are published later", "sallyport-config")
  .option(...conf)
  .action(attempt(build));

program
  .command("deploy")
  .description("Check a configuration against what the edge can do, and deploy the gateway there by wrangler")
  .argument("[file]", "YAML or JSON")
  .option("--admin <url>", "check what the gateway at this Admin API holds")
  .option("--dry-run", "send nothing")
  .option("--project <folder>", "where the wrangler files are, or are to be written", ".")
  .option("--name <name>", "name of the Worker", "sallyport")
  .option("--kv-id <id>", "the KV namespace that both Workers share")
  .option(...conf)
  .action(attempt(deploy));

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
  .action(attempt(sync));

program
  .command("version")
  .description("Print the version")
  .option("-a, --all", "also the versions of what it runs on")
  .action(showVersion);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
