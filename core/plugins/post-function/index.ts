import { functionsPlugin } from "../../pdk/index.ts";

/** Functions from the configuration, after all other plugins. */
export const postFunction = functionsPlugin("post-function", -1000);
