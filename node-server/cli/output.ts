export type Verbosity = "quiet" | "verbose" | "debug";

let verbosity: Verbosity = "quiet";

/** How much commands tell. */
export const setVerbosity = (wanted: Verbosity): void => {
  verbosity = wanted;
};

let isQuiet = false;

/** Whether commands keep what they are asked for to themselves; failures are always told. */
export const setQuiet = (wanted: boolean): void => {
  isQuiet = wanted;
};

export const isVerbose = (): boolean => verbosity !== "quiet";

const two = (value: number): string => String(value).padStart(2, "0");

const stamp = (): string => {
  const now = new Date();
  const day = `${now.getFullYear()}/${two(now.getMonth() + 1)}/${two(now.getDate())}`;
  return `${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
};

const stamped = (level: string, line: string): string => `${stamp()} [${level}] ${line}\n`;

/** What a command is asked for: bare lines, or stamped ones beside `--v`. */
export const say = (line: string): void => {
  if (isQuiet) return;
  process.stdout.write(isVerbose() ? stamped("info", line) : `${line}\n`);
};

/** How a command goes about it: told with `--v`. */
export const verbose = (line: string): void => {
  if (verbosity !== "quiet") process.stdout.write(stamped("verbose", line));
};

/** Everything else: told with `--vv`. */
export const debug = (line: string): void => {
  if (verbosity === "debug") process.stdout.write(stamped("debug", line));
};

export const warn = (line: string): void => {
  process.stderr.write(stamped("warn", line));
};

const hint = "\n  Run with --v (verbose) or --vv (debug) for more details\n";

/** Why a command can't do its work; each problem is a line for people. */
export const tellFailure = (error: unknown): void => {
  const problems =
    error instanceof Error && "problems" in error
      ? (error.problems as readonly string[])
      : [error instanceof Error ? error.message : String(error)];
  for (const problem of problems) process.stderr.write(`Error: ${problem}\n`);
  process.stderr.write(
    isVerbose() && error instanceof Error && error.stack !== undefined ? `${error.stack}\n` : hint,
  );
};
