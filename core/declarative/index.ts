export type { Context } from "./check.ts";
export type { ConfigError } from "./error.ts";
export type { FlatError } from "./flatten.ts";
export { emptyHash } from "./hash.ts";
export { load } from "./load.ts";
export type { Loaded, LoadFailure, LoadOptions, Tables } from "./load.ts";
export { md5 } from "./md5.ts";
export { readConfigRequest } from "./request.ts";
export type { ConfigRefusal, ConfigRequest } from "./request.ts";
