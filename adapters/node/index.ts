export { newCounters, type Counters } from "./http/counters.ts";
export {
  adoptServer,
  listen,
  type Listener,
  type ListenerOptions,
  type ListenOptions,
} from "./http/listener.ts";
export { NodeTransport, type TransportOptions } from "./http/transport.ts";
export { type LogOptions, nodeLogger } from "./logger.ts";
