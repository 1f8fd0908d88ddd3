import type { PluginDefinition } from "../pdk/index.ts";
import { correlationId } from "./correlation-id/index.ts";
import { keyAuth } from "./key-auth/index.ts";
import { requestTermination } from "./request-termination/index.ts";
import { responseTransformer } from "./response-transformer/index.ts";

/** The plugins that come with the gateway (`plugins = bundled`). */
export const bundledPlugins: readonly PluginDefinition[] = [
  correlationId,
  keyAuth,
  responseTransformer,
  requestTermination,
];
