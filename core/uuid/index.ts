/** UUIDs of RFC 9562, usable alone: no dependency, no platform. Randomness and time are handed in. */
export { formatUuid } from "./format.ts";
export { uuidNamespaces } from "./namespace.ts";
export { isUuid, maxUuid, nilUuid, parseUuid, uuidVersion } from "./parse.ts";
export { uuidV3, uuidV3Maker } from "./v3.ts";
export { uuidV4Maker } from "./v4.ts";
export { uuidV5, uuidV5Maker } from "./v5.ts";
export { uuidTimeMs, uuidV7Maker } from "./v7.ts";
