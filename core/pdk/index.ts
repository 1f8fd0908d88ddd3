export { signIn, signInAnonymous } from "./authentication.ts";
export type {
  AdminAnswer,
  AdminHandler,
  AdminHost,
  AdminMethod,
  AdminRequest,
  AdminRoutes,
} from "./adminroute.ts";
export type { Directory, Row } from "../ports/directory.ts";
export type { Records } from "../ports/records.ts";
export { type Ready, whenReady } from "../ready.ts";
export { type Captures, Exchange, type Try, type UpstreamTarget } from "./exchange.ts";
export { customFields } from "./customfields.ts";
export { type Form, parseForm } from "./form.ts";
export {
  definePlugin,
  type Handled,
  type NodeFacts,
  type PluginBinding,
  type PluginDeclaration,
  type PluginDefinition,
  type PluginHost,
  type PluginPhases,
  recordsOf,
  socketsOf,
  type TracingOptions,
} from "./plugin.ts";
export { type Missing, missingFor, type Need, restricted } from "./needs.ts";
export type { HttpBinding, RpcMethod } from "../ports/protos.ts";
export { awaitStatus, becomeGrpc, isGrpcResponse, maxMessageBytes, parseMessage, ProtoFile } from "./grpc.ts";
export { functionsDeclaration, functionsPlugin } from "./functions/index.ts";
export {
  type Message,
  type Prompt,
  type PromptFormat,
  promptFormat,
  promptOf,
  promptSize,
  readPrompt,
  refusePrompt,
} from "./llm/index.ts";
export { isKongModule, type KongModule, kongPlugin } from "./kong/index.ts";
export { LogTap } from "./logtap.ts";
export type { PluginMigration } from "./migration.ts";
export { labelsOf, Metrics } from "./metrics.ts";
export { queueOptions } from "./oldqueue.ts";
export { type Deliver, Queue, type QueueOptions } from "./queue.ts";
export { redisServer } from "./redis.ts";
export { severityOf } from "./severity.ts";
export { logRecord, type LogRecord } from "./record.ts";
export { ClientRequest, hostName } from "./request.ts";
export { ClientResponse, type ResponseSource } from "./response.ts";
export type { ConsumerRow, PluginRow, RouteRow, ServiceRow } from "../entities/rows.ts";
