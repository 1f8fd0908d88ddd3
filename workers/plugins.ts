import { webMissing } from "../adapters/web/index.ts";
import { bundledPlugins, restricted } from "../core/index.ts";

/** Each plugin runs where the platform lets it; a configuration that needs more is refused by name. */
export const edgePlugins = restricted(bundledPlugins, webMissing);
