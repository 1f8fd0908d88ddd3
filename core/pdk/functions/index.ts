export { functionsPlugin } from "./plugin.ts";
export { functionsDeclaration } from "./schema.ts";
