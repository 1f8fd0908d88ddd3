import { functionsPlugin } from "../../pdk/index.ts";

/** Functions from the configuration, before all other plugins. */
export const preFunction = functionsPlugin("pre-function", 1_000_000);
