import { readFile } from "node:fs/promises";
import type { Environment } from "../../core/index.ts";

/** The variables that it is given, and the files of the node. */
export class NodeEnvironment implements Environment {
  private readonly variables: Readonly<Record<string, string | undefined>>;

  constructor(variables: Readonly<Record<string, string | undefined>>) {
    this.variables = variables;
  }

  variable(name: string): string | undefined {
    return this.variables[name];
  }

  readText(path: string): Promise<string> {
    return readFile(path, "utf8");
  }
}
