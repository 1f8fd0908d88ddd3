import { tellFailure } from "./output.ts";

/** A command can't do its work; each problem is a line for people. */
export class CommandError extends Error {
  readonly problems: readonly string[];

  constructor(...problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "CommandError";
    this.problems = problems;
  }
}

/** Runs a command; what it can't do goes to standard error, with exit code 1. */
export const attempt =
  <A extends unknown[]>(command: (...args: A) => void | Promise<void>) =>
  async (...args: A): Promise<void> => {
    try {
      await command(...args);
    } catch (error) {
      process.exitCode = 1;
      tellFailure(error);
    }
  };

/** The same for a command whose code is only read when it is asked for: all commands together take 0.2 s to read. */
export const lazily = <A extends unknown[]>(
  find: () => Promise<(...args: A) => void | Promise<void>>,
): ((...args: A) => Promise<void>) => attempt(async (...args: A) => (await find())(...args));
