import type { Command } from "commander";

/** Commands for those who write configurations and plugins. */
export const addTools = (_program: Command): void => undefined;
