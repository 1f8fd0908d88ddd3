import type { PluginRow } from "../entities/rows.ts";
import { secretOf, type Variables, type VaultRow, withSecrets } from "../entities/secret.ts";
import type { PluginDefinition, PluginHost, PluginPhases } from "../pdk/index.ts";
import type { Row } from "../ports/directory.ts";
import type { Rows } from "../store/rows.ts";
import type { PluginInstance } from "./plan.ts";
import type { Tracer } from "./trace.ts";

/** Where references to the env vault lead. */
export interface Secrets {
  readonly variables: Variables;
  /** What the names of the variables begin with. */
  readonly prefix: string;
}

/** Instances by the id of their row, with what the row said. */
export type KeptInstances = Map<string, { readonly row: string; readonly instance: PluginInstance }>;

/** In the place of a plugin that can't do its work: what it would have decided nobody else decides. */
const refusing: PluginPhases = { access: (exchange) => exchange.error(500, undefined, undefined, "error") };

/** Makes the plugins of a configuration ready. */
export class Instances {
  private readonly definitions: ReadonlyMap<string, PluginDefinition>;
  private readonly host: PluginHost;
  private readonly secrets: Secrets | undefined;
  private readonly tracer: Tracer | undefined;
  private readonly startsBroken: boolean;

  /** @param options.startsBroken See {@link make}. */
  constructor(
    options: {
      readonly plugins: readonly PluginDefinition[];
      readonly secrets?: Secrets;
      readonly startsBroken?: boolean;
    },
    host: PluginHost,
    tracer: Tracer | undefined,
  ) {
    this.definitions = new Map(options.plugins.map((plugin) => [plugin.name, plugin]));
    this.secrets = options.secrets;
    this.host = host;
    this.startsBroken = options.startsBroken ?? false;
    this.tracer = tracer;
  }

  /**
   * Ready plugins. One whose row did not change is kept, with the state that it gathered.
   *
   * @param isFirst There is nothing to stay with: with `startsBroken` a plugin that refuses its configuration is told, and
   * answers its requests with 500, rather than that nothing is served.
   * @throws Error of the plugin otherwise.
   */
  make(
    rows: Rows,
    before: KeptInstances,
    isFirst = false,
  ): { readonly instances: [PluginRow, PluginInstance][]; readonly kept: KeptInstances } {
    const kept: KeptInstances = new Map();
    const instances = rows.all("plugins").flatMap((stored): [PluginRow, PluginInstance][] => {
      const row = stored as Row & PluginRow;
      if (!row.enabled) return [];
      const text = JSON.stringify([row.name, row.config, row.route, row.service, row.consumer]);
      const known = before.get(row.id);
      const instance = known?.row === text ? known.instance : this.instance(row, rows, isFirst);
      kept.set(row.id, { row: text, instance });
      return [[row, instance]];
    });
    return { instances, kept };
  }

  /** What a reference stands for: nothing, and a record in the log, when it leads nowhere. */
  secretOf(reference: string, rows: Rows): string {
    const vaults = [...rows.all("vaults")] as unknown as VaultRow[];
    const { variables, prefix } = this.secrets ?? { variables: () => undefined, prefix: "" };
    const value = secretOf(reference, vaults, variables, prefix);
    if (value === undefined) this.host.logger.log("error", `${reference} stands for nothing`);
    return value ?? "";
  }

  private create(
    definition: PluginDefinition,
    row: PluginRow,
    config: unknown,
    isFirst: boolean,
  ): PluginPhases {
    try {
      return definition.create(config, this.host, row);
    } catch (error) {
      if (!isFirst || !this.startsBroken) throw error;
      const told = `${row.name} can't take its configuration ${row.id}: its requests are answered with 500`;
      this.host.logger.log("crit", told, { error });
      return refusing;
    }
  }

  private instance(row: PluginRow, rows: Rows, isFirst: boolean): PluginInstance {
    const definition = this.definitions.get(row.name);
    if (definition === undefined) throw new Error(`${row.name} plugin is in use but not enabled`);
    const config = withSecrets(row.config, (reference) => this.secretOf(reference, rows));
    const phases = this.create(definition, row, config, isFirst);
    const { id, name } = row;
    return { id, name, priority: definition.priority, phases: this.tracer?.wrap(name, phases) ?? phases };
  }

  /** Closes the plugins that are no longer in use. @returns Those that are. */
  retire(before: KeptInstances, kept: KeptInstances): KeptInstances {
    for (const [id, { instance }] of before)
      if (kept.get(id)?.instance !== instance) instance.phases.close?.();
    return kept;
  }

  /** Tells every plugin the configurations that are served now. */
  configure(rows: readonly PluginRow[]): void {
    for (const definition of this.definitions.values()) {
      if (definition.configure === undefined) continue;
      const configs = rows.filter((row) => row.name === definition.name).map((row) => row.config);
      try {
        definition.configure(configs.length > 0 ? configs : undefined, this.host);
      } catch (error) {
        this.host.logger.log("error", `${definition.name} failed to take its configuration`, { error });
      }
    }
  }
}
