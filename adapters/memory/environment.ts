import type { Environment } from "../../core/index.ts";

/** Variables and files that a test sets. */
export class MemoryEnvironment implements Environment {
  readonly variables = new Map<string, string>();
  /** Texts by path. */
  readonly files = new Map<string, string>();

  variable(name: string): string | undefined {
    return this.variables.get(name);
  }

  readText(path: string): Promise<string> {
    const text = this.files.get(path);
    return text === undefined ? Promise.reject(new Error(`no such file: ${path}`)) : Promise.resolve(text);
  }
}
