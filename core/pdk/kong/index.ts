export { helloFunctions, kongFunctions } from "./kong.ts";
export { settleResponse } from "./pending.ts";
export { isKongModule, type KongModule, kongPlugin } from "./plugin.ts";
