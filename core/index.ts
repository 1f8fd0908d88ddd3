/** The front door: the one file of the core that adapters and roots import. */
export { fromByteString, toByteString } from "./http/utf8.ts";
export * from "./ports/acme.ts";
export * from "./ports/body.ts";
export * from "./ports/certificates.ts";
export * from "./ports/clock.ts";
export * from "./ports/dialer.ts";
export * from "./ports/counters.ts";
export * from "./ports/directory.ts";
export * from "./ports/dns.ts";
export * from "./ports/downstream.ts";
export * from "./ports/environment.ts";
export * from "./ports/eventlog.ts";
export * from "./ports/fetcher.ts";
export * from "./ports/healthboard.ts";
export * from "./ports/keyvalue.ts";
export * from "./ports/ldap.ts";
export * from "./ports/lines.ts";
export * from "./ports/lock.ts";
export * from "./ports/logger.ts";
export * from "./ports/random.ts";
export * from "./ports/protos.ts";
export * from "./ports/scripts.ts";
export * from "./ports/systemlog.ts";
export * from "./ports/records.ts";
export * from "./ports/shareddict.ts";
export * from "./ports/sharing.ts";
export * from "./ports/sockets.ts";
export * from "./ports/subtle.ts";
export * from "./ports/timers.ts";
export * from "./ports/transport.ts";
export * from "./ports/workerbus.ts";
export type { Ready } from "./ready.ts";
export { type ErrorCode, errorTable, GatewayError, messageOfStatus } from "./errors.ts";
export { createGateway, type ExplainedRequest, type Gateway } from "./gateway.ts";
export type { GatewayOptions, GatewayPorts } from "./proxy/world.ts";
export * from "./dns/index.ts";
export { type AddressState, type GroupState, healthBoard, type TargetState } from "./balancer/index.ts";
export { sharedCache, WorkerEvents } from "./events/index.ts";
export type { HealthChange } from "./proxy/upstreams.ts";
export type { RouterFlavor } from "./router/index.ts";
export { BytesBody, readAll } from "./http/bodies.ts";
export { addressSet } from "./http/address.ts";
export { HeaderList } from "./http/headers.ts";
export * from "./pdk/index.ts";
export { LeasedCounters } from "./pdk/limits/index.ts";
export { declaredPlugins, workerDeclarations, workerMissing } from "./plugins/declared.ts";
export { bundledPlugins } from "./plugins/index.ts";
export { portablePlugins } from "./plugins/portable.ts";
export { workerPlugins } from "./plugins/worker.ts";
export * from "./ports/store.ts";
export * from "./events/index.ts";
export * from "./timers/index.ts";
export { uuidV4Maker } from "./uuid/index.ts";
export {
  applyChanges,
  changedTables,
  type Change,
  changeChannel,
  changeEvent,
  Database,
  DatabaseRecords,
  declaredRow,
  DeclaredStore,
  readChange,
  type RowChange,
  Rows,
  readTables,
  ReplicaReader,
  referredId,
  StoreConflict,
  StoreProblem,
  StoreReadOnly,
  type Tables,
  tablesOf,
  tagsOf,
  uniqueText,
  writeTables,
} from "./store/index.ts";
export {
  type CertificateChecker,
  structuralChecker,
  createEntities,
  parseRow,
  type Entities,
  type Entity,
  printEntity,
  printPlugin,
} from "./entities/index.ts";
export {
  type AdminOptions,
  type CacheControl,
  autoSource,
  derivingSource,
  type ConfigurationControl,
  type DictUsage,
  createAdmin,
  createStatusApi,
  DeclarativeConfiguration,
  type HealthSource,
  isBearer,
  type LogLevelControl,
  type NodeInformation,
  type StatusOptions,
  unauthorized,
  type WorkerCounts,
} from "./admin/index.ts";
export { compareTables, type Difference, exportDocument, exportYaml } from "./declarative/index.ts";
export { isReference } from "./schema/reference.ts";
export {
  envSecret,
  readReference,
  type SecretReference,
  secretOf,
  type Variables,
  type VaultRow,
  withSecrets,
} from "./entities/secret.ts";
export type { ErrorTemplates } from "./http/errorpage.ts";
export type { ErrorFormat } from "./http/accept.ts";
export { type ProxyOptions, proxyOptions, type ResponseTokens } from "./proxy/options.ts";
export { viaTexts } from "./proxy/request.ts";
export type { TracedHandler } from "./pipeline/trace.ts";
export type { RouteRequest } from "./router/index.ts";
export { array, boolean, integer, json, map, number, record, set, string } from "./schema/index.ts";
