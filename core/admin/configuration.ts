import {
  type Context,
  describeErrors,
  errorTree,
  exportYaml,
  load,
  type Loaded,
  type LoadFailure,
} from "../declarative/index.ts";
import { type CertificateChecker, createEntities } from "../entities/index.ts";
import type { PluginDeclaration } from "../pdk/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { checkExpression, type RouterFlavor } from "../router/index.ts";
import type { Tables } from "../store/rows.ts";
import { autoSource } from "./auto.ts";

export interface ConfigurationOptions {
  readonly plugins: readonly PluginDeclaration[];
  readonly routerFlavor: RouterFlavor;
  readonly clock: Clock;
  readonly random: Random;
  /** Judges certificates and keys; without it only their form is looked at. */
  readonly certificates?: CertificateChecker;
  /** MD5 in hex, where the platform has one. */
  readonly md5?: (text: string) => string;
}

/** The configuration of a gateway without a database: read from a document, replaced as a whole. */
export class DeclarativeConfiguration {
  readonly context: Context;
  /** Those that a configuration may use. */
  readonly plugins: readonly PluginDeclaration[];
  private loaded: Loaded | undefined;

  constructor({ plugins, routerFlavor, clock, random, certificates, md5 }: ConfigurationOptions) {
    this.plugins = plugins;
    this.context = {
      entities: createEntities({
        plugins: Object.fromEntries(plugins.map((plugin) => [plugin.name, plugin])),
        pluginEntities: plugins.flatMap((plugin) => plugin.entities ?? []),
        expressionProblem: checkExpression,
        routerFlavor,
        ...(certificates && { certificates }),
      }),
      auto: autoSource(clock, random),
      ...(md5 && { md5 }),
    };
  }

  /** What was accepted last; undefined before the first. */
  get current(): Loaded | undefined {
    return this.loaded;
  }

  /** Reads and checks a document; nothing changes. */
  read(source: string | Record<string, unknown>, flattenErrors = false): Loaded | LoadFailure {
    return load(source, this.context, { flattenErrors });
  }

  /** The rows of a document, as the data path reads them. */
  tables(loaded: Loaded): Tables {
    // Every entity that the data path reads has an id.
    return loaded.entities as unknown as Tables;
  }

  /** The same as Kong's `config parse` tells it: an indented tree. */
  tree({ error }: LoadFailure): string {
    return errorTree(error).join("\n");
  }

  /** What is served, as a YAML document that loads to the same. */
  exported(): string {
    return exportYaml(this.loaded?.entities ?? {}, this.context.entities);
  }

  accept(loaded: Loaded): void {
    this.loaded = loaded;
  }

  /** One line a problem: where it is and what is wrong. */
  describe({ error }: LoadFailure): string[] {
    return describeErrors(error);
  }
}
