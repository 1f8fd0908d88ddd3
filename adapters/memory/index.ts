export { MemoryClient, type MemoryRequest, type MemoryResponse } from "./client.ts";
export { MemoryClock } from "./clock.ts";
export { MemoryFetcher } from "./fetcher.ts";
export { MemoryLogger, type LogRecord } from "./logger.ts";
export { MemoryRandom } from "./random.ts";
export { MemorySharedDict } from "./shareddict.ts";
export { MemoryTimers } from "./timers.ts";
export { MemoryTransport, type MemoryAnswer, type SentRequest } from "./transport.ts";
export { memoryPorts, type MemoryPorts } from "./ports.ts";
