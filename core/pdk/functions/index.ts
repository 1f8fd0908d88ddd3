export { functionsPlugin } from "./plugin.ts";
