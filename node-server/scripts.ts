import { openScripts } from "../adapters/node/index.ts";
import type { Scripts } from "../core/index.ts";
import type { Conf } from "./conf/load.ts";

/** What runs the functions in configurations; undefined when they are refused. */
export const scriptsOf = async ({ scripts }: Pick<Conf, "scripts">): Promise<Scripts | undefined> => {
  if (scripts.mode === "off") return undefined;
  if (scripts.mode === "on") return openScripts;
  // Who has no such functions needs no interpreter.
  const { Sandbox } = await import("../adapters/quickjs/index.ts");
  return Sandbox.load(scripts);
};
