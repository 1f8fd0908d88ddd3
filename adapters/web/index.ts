export { WebBody } from "./body.ts";
export { webClock } from "./clock.ts";
export { WebFetcher } from "./fetcher.ts";
export { ConsoleLogger } from "./logger.ts";
export { webRandom } from "./random.ts";
export { serve, type ServePlatform } from "./server.ts";
export { webSubtle } from "./subtle.ts";
export { WebTimers } from "./timers.ts";
export { type FetchPlatform, FetchTransport } from "./transport.ts";
