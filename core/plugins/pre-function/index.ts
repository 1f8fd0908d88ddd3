import { functionsPlugin } from "../../pdk/index.ts";
import { schema } from "./schema.ts";

/** Functions from the configuration, before all other plugins. */
export const preFunction = functionsPlugin(schema);
