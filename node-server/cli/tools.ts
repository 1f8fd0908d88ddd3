import type { Command } from "commander";
import { lazily } from "./failure.ts";

const conf = ["-c, --conf <file>", "configuration file"] as const;
const prefix = ["-p, --prefix <folder>", "folder that the gateway runs in"] as const;
const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
const all = (value: string, before: string[] = []): string[] => [...before, value];

/** Commands for those who write configurations and plugins. */
export const addTools = (program: Command): void => {
  program
    .command("dev")
    .description(
      "Serve a declarative file, follow every change of it and of plugins, show requests as they pass",
    )
    .argument("[file]", "YAML or JSON; a sample is made when it is not there", "kong.yml")
    .option(...conf)
    .option(...prefix)
    .option("--plugin <place>", "a plugin's file or folder; may be said again", all)
    .addHelpText("after", examples("sallyport dev kong.yml", "sallyport dev kong.yml --plugin ./my-plugin"))
    .action(lazily(async () => (await import("./dev.ts")).dev));
  program
    .command("explain")
    .description(
      "Tell which route a request takes, why, and which plugins run; exit code 2 when none matches",
    )
    .argument("<method>", "GET, POST…")
    .argument("<url>", "http://host/path, or the path alone")
    .option("-H, --header <field>", "a header, `Name: value`; may be said again", all)
    .option("-f, --file <file>", "a declarative file in place of what is configured")
    .option("--admin <url>", "ask the gateway at this Admin API")
    .option(...conf)
    .option(...prefix)
    .addHelpText(
      "after",
      examples(
        "sallyport explain GET http://a.test/v1 -f kong.yml",
        "sallyport explain POST /orders -H 'X-Beta: 1'",
      ),
    )
    .action(lazily(async () => (await import("./explain.ts")).explain));
  program
    .command("exec")
    .description("Run a script with the parts of the gateway at hand, under the name `sallyport`")
    .argument("[file]", "TypeScript or JavaScript module; a function that it exports as default is called")
    .argument("[arguments...]", "for the script")
    .option("-e, --eval <code>", "code in place of a file")
    .option(...conf)
    .option(...prefix)
    .addHelpText(
      "after",
      "\nAt hand: conf, configuration, store, database, gateway, cache, dns, events, cluster, timers, clock, logger.\n" +
        examples(
          "sallyport exec -e 'console.log(await sallyport.dns.resolve(\"example.test\"))'",
          "sallyport exec report.ts 2026 -c sallyport.conf",
        ),
    )
    .passThroughOptions()
    .action(lazily(async () => (await import("./exec.ts")).exec));
  program
    .command("repl")
    .description("The same, line by line")
    .option(...conf)
    .option(...prefix)
    .action(lazily(async () => (await import("./exec.ts")).repl));
  program
    .command("test")
    .description("Run tests of plugins in the runtimes that they will run in")
    .argument("[files...]", "parts of paths; all tests below this folder without")
    .option("--runtime <names>", "node, workerd, or both with a comma between", "node,workerd")
    .option("--watch", "again whenever a file changes")
    .addHelpText("after", examples("sallyport test my-plugin", "sallyport test --runtime node --watch"))
    .action(lazily(async () => (await import("./test.ts")).test));
  program
    .command("plugin")
    .description("Begin a plugin")
    .command("new")
    .description("Write a plugin that works, and its test, into a folder of that name")
    .argument("<name>", "small letters, digits and hyphens")
    .action(lazily(async () => (await import("./plugin.ts")).newPlugin));
};
