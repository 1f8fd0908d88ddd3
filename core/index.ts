export { HeaderList } from "./http/headers.ts";
export type { BodySink, BodyStream, OutgoingBody } from "./ports/body.ts";
export type { Clock } from "./ports/clock.ts";
export type {
  ConnectionFacts,
  Downstream,
  IncomingRequest,
  OutgoingResponse,
  RefusedRequest,
  RequestEvents,
  RequestHandler,
  RequestScope,
  TlsFacts,
} from "./ports/downstream.ts";
export type { LogFields, LogLevel, Logger } from "./ports/logger.ts";
export type { Random } from "./ports/random.ts";
export type { Cancel, Timers } from "./ports/timers.ts";
export type {
  Transport,
  Tunnel,
  UpstreamAddress,
  UpstreamCall,
  UpstreamFailure,
  UpstreamFailureCode,
  UpstreamListener,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamTls,
} from "./ports/transport.ts";
