import type { Exchange } from "../exchange.ts";
import type { PluginDefinition, PluginPhases } from "../plugin.ts";
import { kongOf } from "./kong.ts";
import { settleResponse } from "./pending.ts";
import { configOf, type KongFields } from "./schema.ts";

type Phase = (kong: unknown) => unknown;

/** A plugin as the npm package `kong-pdk` defines it. */
export interface KongModule {
  readonly Plugin: new (config: never) => object;
  readonly Schema?: readonly KongFields[];
  /** The higher, the earlier; default 0. */
  readonly Priority?: number;
  readonly Version?: string;
  /** Default: the name of its file or folder. */
  readonly Name?: string;
}

export const isKongModule = (value: unknown): value is KongModule =>
  typeof value === "object" && value !== null && typeof (value as KongModule).Plugin === "function";

const phaseOf = (instance: object, name: string): Phase | undefined => {
  const found = (instance as Record<string, unknown>)[name];
  return typeof found === "function" ? (found as Phase).bind(instance) : undefined;
};

/**
 * Makes a plugin of such a module; it runs in process. As with Kong's own server of JavaScript plugins a phase that throws
 * is logged, and the request goes on.
 *
 * @throws TypeError when its schema is none.
 */
export const kongPlugin = (fileName: string, module: KongModule): PluginDefinition => {
  const name = module.Name ?? fileName.toLowerCase();
  return {
    name,
    priority: module.Priority ?? 0,
    config: configOf(module.Schema ?? []),
    create(config, host, binding): PluginPhases {
      const instance = new module.Plugin(config as never);
      const run =
        (phase: Phase, phaseName: string) =>
        async (exchange: Exchange): Promise<void> => {
          try {
            await phase(kongOf(exchange, host, name, binding));
          } catch (error) {
            host.logger.log("error", `${name} failed in ${phaseName}`, { requestId: exchange.id, error });
          }
        };
      const phases: PluginPhases = { headerFilter: settleResponse };
      for (const phaseName of ["rewrite", "access", "response", "log"] as const) {
        const phase = phaseOf(instance, phaseName);
        if (phase !== undefined) phases[phaseName] = run(phase, phaseName);
      }
      return phases;
    },
  };
};
