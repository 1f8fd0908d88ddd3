import type { Check } from "../schema/index.ts";
import type { Scripts } from "../ports/scripts.ts";
import { addEntityError, type ErrorTree, putErrorAt } from "../schema/tree.ts";
import type { PluginDeclaration } from "./plugin.ts";

/** What a plugin may need of the place where it runs. */
export type Need =
  | "database"
  | "writes"
  | "redis"
  | "files"
  | "sockets"
  | "datagrams"
  | "grpc"
  | "syslog"
  | "certificates"
  | "environment"
  | "proxies"
  | "javascript";

/** Needs that can't be met, each with the reason that operators are told. */
export type Missing = Partial<Readonly<Record<Need, string>>>;

/** Why a plugin can't run where something is missing; undefined when it can. @param config Checked and filled. */
export const missingFor = (
  { needs }: PluginDeclaration,
  config: unknown,
  missing: Missing,
): string | undefined => {
  const need = needs?.(config);
  return need === undefined ? undefined : missing[need];
};

const refusal = (plugin: PluginDeclaration, missing: Missing): Check => ({
  print: undefined,
  prepare: () => undefined,
  run(values, errors) {
    if (errors["config"] !== undefined) return;
    const reason = missingFor(plugin, values["config"], missing);
    if (reason !== undefined) addEntityError(errors, `plugin '${plugin.name}' can't run here: ${reason}`);
  },
});

const problemOf = (text: string, name: string, scripts: Scripts): string | null => {
  try {
    scripts.check(text);
    return null;
  } catch (error) {
    return `error parsing ${name}: ${(error as Error).message}`;
  }
};

const parsing = ({ name, scripts: textsOf }: PluginDeclaration, scripts: Scripts): Check => ({
  print: undefined,
  prepare: () => undefined,
  run(values, errors) {
    if (errors["config"] !== undefined) return;
    for (const [field, texts] of Object.entries(textsOf!(values["config"]))) {
      const problems: (ErrorTree | null)[] = texts.map((text) => problemOf(text, name, scripts));
      if (problems.some((problem) => problem !== null)) putErrorAt(errors, `config.${field}`, problems);
    }
  },
});

/**
 * The same plugins, whose configurations are refused where they need what is missing.
 *
 * @param scripts Reads the code in them.
 */
export const restricted = <P extends PluginDeclaration>(
  plugins: readonly P[],
  missing: Missing,
  scripts?: Scripts,
): P[] =>
  plugins.map((plugin) => {
    const checks: Check[] = [];
    if (plugin.needs !== undefined) checks.push(refusal(plugin, missing));
    if (plugin.scripts !== undefined && scripts !== undefined) checks.push(parsing(plugin, scripts));
    return checks.length === 0 ? plugin : { ...plugin, checks: [...(plugin.checks ?? []), ...checks] };
  });
