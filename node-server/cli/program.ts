import { Command } from "commander";
import { completion } from "./completion.ts";
import { addEdge } from "./edge.ts";
import { attempt, CommandError, lazily } from "./failure.ts";
import type { StartOptions } from "./start.ts";
import { addTools } from "./tools.ts";

const conf = [
  "-c, --conf <file>",
  "configuration file (default: /etc/sallyport/sallyport.conf when it exists)",
] as const;
const prefix = ["-p, --prefix <folder>", "folder that the gateway runs in"] as const;
const lockTimeout = [
  "--lock-timeout <seconds>",
  "how long to wait for another node that migrates the database (default: 60)",
] as const;
const dbTimeout = ["--db-timeout <seconds>", "how long the database may take to answer"] as const;

/** A command with what all that work on a node take, and examples that show how. */
const node = (parent: Command, name: string, what: string, ...examples: string[]): Command => {
  const command = parent
    .command(name)
    .description(what)
    .option(...conf)
    .option(...prefix);
  if (examples.length > 0)
    command.addHelpText("after", `\nExamples:\n${examples.map((line) => `  $ ${line}`).join("\n")}`);
  return command;
};

/** A command that only holds others: alone, or with an unknown one, it is an error that shows its help. */
const group = (parent: Command, name: string, what: string): Command => {
  const command: Command = parent.command(name).description(what);
  return command.argument("[command]").action((asked: string | undefined) => {
    if (asked !== undefined) process.stderr.write(`No such command for ${name}: ${asked}\n\n`);
    command.help({ error: true });
  });
};

const addStart = (program: Command): void => {
  for (const [name, what, work] of [
    [
      "start",
      "Start the gateway, in the background unless nginx_daemon = off",
      lazily(async () => (await import("./start.ts")).start),
    ],
    [
      "restart",
      "Stop the gateway, if it runs, and start it",
      attempt(async (options: StartOptions) => {
        const [{ stop }, { start }] = await Promise.all([import("./node.ts"), import("./start.ts")]);
        await stop(options).catch(() => undefined);
        await start(options);
      }),
    ],
  ] as const)
    node(
      program,
      name,
      what,
      `sallyport ${name} -c sallyport.conf`,
      `SALLYPORT_DATABASE=off SALLYPORT_DECLARATIVE_CONFIG=kong.yml sallyport ${name} -p /tmp/gateway`,
    )
      .option("--run-migrations", "bring the database to this version's form first")
      .option(...dbTimeout)
      .option(...lockTimeout)
      .option("--nginx-conf <file>", "no effect: there is no nginx here")
      .option("--nginx-conf-flags <flags>", "no effect")
      .action(work);
};

const addLife = (program: Command): void => {
  node(program, "stop", "Stop the gateway; requests under way have 10 seconds to end").action(
    lazily(async () => (await import("./node.ts")).stop),
  );
  node(
    program,
    "quit",
    "Stop the gateway when its requests have ended, by force after a while",
    "sallyport quit -t 30",
  )
    .option("-t, --timeout <seconds>", "seconds until force", "10")
    .option("-w, --wait <seconds>", "seconds before it begins", "0")
    .action(lazily(async () => (await import("./node.ts")).quit));
  node(
    program,
    "reload",
    "Serve the configuration as it is now with new workers; no request fails, the old workers end with theirs",
    "sallyport reload",
    "SALLYPORT_LOG_LEVEL=debug sallyport reload -p /tmp/gateway",
  )
    .option("--nginx-conf <file>", "no effect: there is no nginx here")
    .option("--nginx-conf-flags <flags>", "no effect")
    .action(lazily(async () => (await import("./node.ts")).reload));
  node(program, "prepare", "Write the prefix (folders, what the node runs with) and start nothing")
    .option("--nginx-conf <file>", "no effect: there is no nginx here")
    .action(lazily(async () => (await import("./node.ts")).prepare));
  node(program, "health", "Tell whether the gateway runs; exit code 1 when it does not").action(
    lazily(async () => (await import("./node.ts")).health),
  );
  node(program, "drain", "Have the status listener say that nothing more should be sent here").action(
    lazily(async () => (await import("./node.ts")).drain),
  );
  program
    .command("check")
    .description("Check a configuration file: every problem at once")
    .argument("[conf]", "the file", "/etc/sallyport/sallyport.conf")
    .action(lazily(async () => (await import("./check.ts")).check));
};

const addConfig = (program: Command): void => {
  const config = group(program, "config", "Work with declarative configurations");
  const file = ["<file>", "YAML or JSON"] as const;
  const admin = ["--admin <url>", "compare with the gateway at this Admin API"] as const;
  node(config, "init", "Write a sample to begin with", "sallyport config init")
    .argument("[file]", "where to", "kong.yml")
    .action(lazily(async () => (await import("./config.ts")).init));
  node(
    config,
    "parse",
    "Check a declarative configuration: every problem at once",
    "sallyport config parse kong.yml",
  )
    .argument("[file]", "YAML or JSON")
    .action(
      attempt(async (path: string | undefined, options) => {
        if (path === undefined)
          throw new CommandError("expected a declarative configuration file; see `sallyport config --help`");
        await (await import("./config.ts")).parse(path, options);
      }),
    );
  node(
    config,
    "db_import",
    "Put a declarative configuration into the database: all of it or nothing, deleting nothing",
  )
    .argument(...file)
    .option("--delete", "delete what the file does not hold")
    .action(lazily(async () => (await import("./exchange.ts")).dbImport));
  node(config, "db_export", "Write the database as a declarative configuration")
    .argument("[file]", "where to", "kong.yml")
    .action(lazily(async () => (await import("./exchange.ts")).dbExport));
  node(
    config,
    "diff",
    "Tell in what a declarative configuration and a gateway differ; exit code 2 when they do",
  )
    .argument(...file)
    .option(...admin)
    .action(lazily(async () => (await import("./plan.ts")).diff));
  node(config, "plan", "Tell what db_import would do")
    .argument(...file)
    .option(...admin)
    .option("--delete", "as db_import --delete")
    .action(lazily(async () => (await import("./plan.ts")).plan));
};

const addMigrations = (program: Command): void => {
  const migrations = group(program, "migrations", "Bring the database to this version's form");
  const steps = [
    ["bootstrap", "Prepare an empty database"],
    ["up", "Begin new migrations"],
    ["finish", "End pending migrations"],
    ["list", "List executed, pending and new migrations; exit code 3, 4 or 5 when something is to be done"],
    ["status", "The same as JSON"],
    ["reset", "Drop everything, rows included"],
  ] as const;
  for (const [name, what] of steps)
    node(migrations, name, what)
      .option("-y, --yes", "answer every question with yes")
      .option("-q, --quiet", "say nothing but errors")
      .option("-f, --force", "bootstrap: drop everything first")
      .option(...dbTimeout)
      .option(...lockTimeout)
      .action(lazily(async () => (await import("./migrations.ts"))[name]));
};

/** The command line. */
export const createProgram = (): Command => {
  const program = new Command("sallyport")
    .description("One API gateway that runs the same at the origin and at the edge")
    .configureHelp({ showGlobalOptions: true })
    .option("--v", "tell how commands go about their work")
    .option("--vv", "tell everything, every property with its value included")
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError("(add --help for what there is)")
    .addHelpText(
      "after",
      "\nBegin with:\n  $ sallyport config init           a sample configuration, kong.yml\n" +
        "  $ sallyport dev kong.yml          serve it, follow every change, show requests\n" +
        "  $ sallyport start -c my.conf      serve for good\n" +
        "  $ sallyport completion bash       a script for your shell",
    );
  addStart(program);
  addLife(program);
  addConfig(program);
  addMigrations(program);
  node(
    group(program, "vault", "Look into vaults"),
    "get",
    "Print what a reference stands for",
    "DB_PASSWORD=secret sallyport vault get env/db-password",
    "sallyport vault get '{vault://env/db/password}'",
  )
    .argument("<reference>", "{vault://vault/resource/key}, or what stands between the braces")
    .action(lazily(async () => (await import("./vault.ts")).vaultGet));
  group(program, "hybrid", "Certificates for TLS between nodes")
    .command("gen_cert")
    .description("Make a certificate and its key, ./cluster.crt and ./cluster.key by default")
    .argument("[cert]", "where to write the certificate")
    .argument("[key]", "where to write the key")
    .option("-d, --days <days>", "how long it is valid", "1095")
    .action(lazily(async () => (await import("./hybrid.ts")).generateCertificate));
  addTools(program);
  addEdge(program);
  program
    .command("completion")
    .description("Print a script that completes commands and options: bash, zsh or fish")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText(
      "after",
      '\nExamples:\n  $ eval "$(sallyport completion bash)"\n  $ sallyport completion fish | source',
    )
    .action(attempt((shell: string) => completion(program, shell)));
  program
    .command("version")
    .description("Print the version")
    .option("-a, --all", "also the versions of what it runs on")
    .action(lazily(async () => (await import("./version.ts")).showVersion));
  return program;
};
