/** Tests of plugins: a whole gateway in memory, the same on Node and in workerd. */
export { gatewayOn, oneRoute, type TestGateway, type TestGatewayOptions } from "./gateway.ts";
export type { MemoryAnswer, MemoryRequest, MemoryResponse, SentRequest } from "../adapters/memory/index.ts";
