import type { Script, ScriptFunctions, Scripts } from "../../core/index.ts";

type Body = (kong: unknown) => unknown;

// eslint-disable-next-line no-new-func -- who set `untrusted_js = on` wants their configuration's code run in the process
const SyncFunction = Function as unknown as new (name: string, text: string) => Body;
const AsyncFunction = (async () => undefined).constructor as typeof SyncFunction;

const bodyOf = (text: string): Body => {
  try {
    return new SyncFunction("kong", text);
  } catch (error) {
    try {
      return new AsyncFunction("kong", text);
    } catch (second) {
      throw /\bawait\b/.test(text) ? second : error;
    }
  }
};

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/** The functions as texts call them: in both spellings, what is not there is null, failures tell where. */
const spelled = (functions: ScriptFunctions, path = "kong"): unknown => {
  const own = functions["call"];
  const made = (typeof own === "function" ? method(own, path) : {}) as Record<string, unknown>;
  for (const [name, value] of Object.entries(functions)) {
    const at = `${path}.${snake(name)}`;
    made[name] = typeof value === "function" ? method(value, at) : spelled(value, at);
    made[snake(name)] = made[name];
  }
  return made;
};

const method =
  (call: (...args: never[]) => unknown, path: string) =>
  (...args: never[]): unknown => {
    const failed = (error: unknown): never => {
      throw new Error(`PDK method ${path} failed: ${(error as Error).message}`, { cause: error });
    };
    try {
      const value = call(...args);
      return value instanceof Promise
        ? value.then((later: unknown) => later ?? null, failed)
        : (value ?? null);
    } catch (error) {
      return failed(error);
    }
  };

/** Runs functions of configurations as part of the process: they may do all that the gateway may. */
export const openScripts: Scripts = {
  check: (text) => void bodyOf(text),
  open: () => ({
    compile(text): Script {
      const body = bodyOf(text);
      let handler: Body | undefined;
      const follow = (made: unknown, kong: unknown): unknown => {
        if (typeof made !== "function") return undefined;
        handler = made as Body;
        return handler(kong);
      };
      return (functions) => {
        const kong = spelled(functions);
        const made = handler === undefined ? body(kong) : handler(kong);
        const handled =
          made instanceof Promise ? made.then((later) => follow(later, kong)) : follow(made, kong);
        return handled instanceof Promise ? handled.then(() => undefined) : undefined;
      };
    },
    close: () => undefined,
  }),
};
