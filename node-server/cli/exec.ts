import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { start as startRepl } from "node:repl";
import { pathToFileURL } from "node:url";
import { constants, runInThisContext } from "node:vm";
import { resolveOwnModules } from "../self.ts";
import { CommandError } from "./failure.ts";
import type { ConfOptions } from "./opened.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

export interface ExecOptions extends ConfOptions {
  /** Code in place of a file. */
  readonly eval?: string;
}

/** The name by which scripts reach what they work with. */
const name = "sallyport";

const within = async (options: ConfOptions, work: (workbench: Workbench) => Promise<void>): Promise<void> => {
  const workbench = await openWorkbench(options);
  Reflect.set(globalThis, name, workbench);
  try {
    await work(workbench);
  } finally {
    Reflect.deleteProperty(globalThis, name);
    await workbench.close();
  }
};

/** Node warns that its stripping of types is new: nothing that who runs a script can do anything about. */
const withoutTypes = (code: string): string => {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(code);
  } finally {
    process.emitWarning = emitWarning;
  }
};

/**
 * `sallyport exec <file> [arguments]`: runs a TypeScript or JavaScript module with `sallyport` at hand. A function that
 * it exports as default is called with it.
 */
export const exec = async (
  file: string | undefined,
  args: readonly string[],
  options: ExecOptions,
): Promise<void> => {
  const { eval: code } = options;
  if ((file === undefined) === (code === undefined)) throw new CommandError("say either a file or -e <code>");
  resolveOwnModules();
  await within(options, async (workbench) => {
    if (code !== undefined) {
      const plain = withoutTypes(`(async () => {\n${code}\n})()`);
      await runInThisContext(plain, {
        filename: "-e",
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
      return;
    }
    const target = path.resolve(file!);
    process.argv = [process.argv[0]!, target, ...args];
    const module = (await import(pathToFileURL(target).href)) as {
      default?: (workbench: Workbench) => unknown;
    };
    if (typeof module.default === "function") await module.default(workbench);
  });
};

/** `sallyport repl`: the same, line by line; every part has its own name. */
export const repl = (options: ConfOptions): Promise<void> =>
  within(options, (workbench) => {
    const session = startRepl({ prompt: "sallyport> ", useGlobal: true });
    Object.assign(session.context, workbench);
    return new Promise((resolve) => session.once("exit", resolve));
  });
