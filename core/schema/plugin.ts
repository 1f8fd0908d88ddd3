import type { Check } from "./check.ts";
import type { RecordField } from "./field.ts";
import type { Protocol } from "./typedefs.ts";

/** What a plugin tells about its configuration. A whole plugin definition fits here too. */
export interface PluginSchema {
  readonly config: RecordField;
  /**
   * Protocols that the plugin may be bound to, and its default set. Undefined for any protocol, with the default
   * grpc, grpcs, http, https.
   */
  readonly protocols?: readonly Protocol[];
  /** The plugin can't be bound to a consumer, a service, a route. */
  readonly noConsumer?: boolean;
  readonly noService?: boolean;
  readonly noRoute?: boolean;
  /** Checks across fields of the plugin's row: `config.allow`. */
  readonly checks?: readonly Check[];
}

/** The protocols of plugins that work on HTTP requests only. */
export const httpProtocols = ["grpc", "grpcs", "http", "https"] as const;
