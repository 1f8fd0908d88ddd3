import { fileURLToPath } from "node:url";
import { ownModules } from "../self.ts";
import { CommandError } from "./failure.ts";

export interface TestOptions {
  /** `node`, `workerd` or both, with a comma between. */
  readonly runtime: string;
  readonly watch?: boolean;
}

const packages = { vitest: "vitest/node", workerd: "@cloudflare/vitest-plugin" } as const;

/** What lies beside this package, as a development dependency of the project. @throws CommandError that says how. */
const load = async <T>(name: string): Promise<T> => {
  try {
    return (await import(name)) as T;
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new CommandError(
      `tests need a package that is not installed: npm install --save-dev ${name.replace(/\/node$/, "")}`,
    );
  }
};

interface Vitest {
  startVitest(mode: "test", filters: string[], options: object): Promise<{ close(): Promise<void> }>;
}
interface WorkerdPlugin {
  cloudflareTest(options: object): object;
}

const runtimesOf = (text: string): ("node" | "workerd")[] => {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names)
    if (name !== "node" && name !== "workerd") throw new CommandError(`no runtime: ${name} (node, workerd)`);
  return names as ("node" | "workerd")[];
};

/** `sallyport test [files]`: runs the same test files in each runtime; exit code 1 when one fails. */
export const test = async (
  files: readonly string[],
  { runtime, watch = false }: TestOptions,
): Promise<void> => {
  const runtimes = runtimesOf(runtime);
  const { startVitest } = await load<Vitest>(packages.vitest);
  const plugin = runtimes.includes("workerd") ? await load<WorkerdPlugin>(packages.workerd) : undefined;
  const alias = Object.entries(ownModules).map(([name, url]) => ({
    find: new RegExp(`^${name}$`),
    replacement: fileURLToPath(url),
  }));
  const miniflare = { compatibilityDate: "2026-01-01", compatibilityFlags: ["nodejs_compat"] };
  const projects = runtimes.map((name) => ({
    resolve: { alias },
    ...(name === "workerd" && { plugins: [plugin!.cloudflareTest({ miniflare })] }),
    test: { name, include: ["**/*.test.ts", "**/*.test.js"] },
  }));
  const vitest = await startVitest("test", [...files], {
    config: false,
    root: process.cwd(),
    watch,
    passWithNoTests: false,
    projects,
  });
  if (!watch) await vitest.close();
};
