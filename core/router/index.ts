export { checkExpression } from "./expressions.ts";
export { judgeProtocol, type ProtocolAnswer } from "./protocol.ts";
export type { RouteMatch, RouteRequest } from "./request.ts";
export type { RouterEntry, RouterFlavor, RouterRoute, RouterService } from "./route.ts";
export type { Explanation } from "./explain.ts";
export { createRouter, type Router } from "./router.ts";
