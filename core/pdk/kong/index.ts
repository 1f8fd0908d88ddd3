export { isKongModule, type KongModule, kongPlugin } from "./plugin.ts";
