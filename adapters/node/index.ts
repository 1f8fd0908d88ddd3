export { nodeDialer } from "./dialer.ts";
export { DnsFiles, type DnsFileOptions } from "./dns/files.ts";
export { NodeDnsTransport } from "./dns/transport.ts";
export { AccessLog, type AccessRecord, accessLine } from "./http/accesslog.ts";
export { type BoundSocket, bindSocket, serverOn } from "./http/bound.ts";
export {
  CertificateStore,
  type KeyPair,
  type ServerCertificate,
  type TlsTerms,
} from "./http/certificates.ts";
export { newCounters, type Counters } from "./http/counters.ts";
export {
  adoptServer,
  listen,
  type Listener,
  type ListenerFlags,
  type ListenerOptions,
  type ListenOptions,
} from "./http/listener.ts";
export { defaultServerLimits, type ServerLimits } from "./http/limits.ts";
export { defaultPoolLimits, type PoolLimits } from "./http/pool.ts";
export { platformResolve, type Resolve } from "./http/resolve.ts";
export { NodeTransport, type TransportOptions } from "./http/transport.ts";
export { NodeEnvironment } from "./environment.ts";
export { ProxyFetcher } from "./fetcher.ts";
export { NodeLineFiles } from "./lines.ts";
export { CoarseClock } from "./clock.ts";
export { type BusMemory, createBus, createZone, ZoneBus, ZoneDict, ZoneLock } from "./zone/index.ts";
export { type LogOptions, NodeLogger, nodeLogger } from "./logger.ts";
export { NodeSockets } from "./sockets.ts";
export { LoggerCommand, type SystemLogOptions } from "./systemlog.ts";
export { openScripts } from "./scripts.ts";
