import { CommanderError } from "commander";
import { createProgram } from "./cli/program.ts";
import { setVerbosity } from "./cli/output.ts";

/** `--v` and `--vv` may stand anywhere; what follows `--` is somebody else's. */
const takeVerbosity = (argv: readonly string[]): string[] => {
  const end = argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  if (own.includes("--vv")) setVerbosity("debug");
  else if (own.includes("--v")) setVerbosity("verbose");
  return [...own.filter((item) => item !== "--v" && item !== "--vv"), ...(end < 0 ? [] : argv.slice(end))];
};

try {
  await createProgram().parseAsync(takeVerbosity(process.argv.slice(2)), { from: "user" });
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
