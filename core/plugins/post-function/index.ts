import { functionsPlugin } from "../../pdk/index.ts";
import { schema } from "./schema.ts";

/** Functions from the configuration, after all other plugins. */
export const postFunction = functionsPlugin(schema);
