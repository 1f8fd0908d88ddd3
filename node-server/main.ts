import { Command, CommanderError } from "commander";
import { start } from "./cli/start.ts";
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
