import { type ErrorFormat, formatOfMediaType, negotiate } from "../http/accept.ts";
import { type ErrorTemplates, renderError } from "../http/errorpage.ts";
import { grpcMessage, grpcStatus, isGrpcContentType } from "../http/grpc.ts";
import { messageOfStatus } from "../errors.ts";
import { HeaderList } from "../http/headers.ts";
import type { UpstreamResponse, UpstreamTls } from "../ports/transport.ts";
import type { ClientRequest } from "./request.ts";
import { ClientResponse } from "./response.ts";
import type { ConsumerRow, RouteRow, ServiceRow } from "../entities/rows.ts";
import type { Row } from "../ports/directory.ts";

/** What a route's regular expression took from the path. */
export interface Captures {
  /** By number, the first group at 0. */
  readonly unnamed: readonly (string | undefined)[];
  readonly named: Readonly<Record<string, string>>;
}

/** Where the request goes. Filled by the router, changed by plugins, read for each try. */
export interface UpstreamTarget {
  scheme: string;
  /** An address or name, or the name of an upstream entity. */
  host: string;
  port: number;
  /** Escaped, ready for the wire, without the query. */
  path: string;
  /** Host to send; undefined for the target's own. */
  hostHeader: string | undefined;
  /** How to speak TLS to it; undefined for plain text. */
  tls: UpstreamTls | undefined;
  /** Why the platform can't send there as it is configured; undefined when it can. */
  readonly limit: string | undefined;
  /** Tries beyond the first. */
  retries: number;
  connectTimeoutMs: number;
  writeTimeoutMs: number;
  readTimeoutMs: number;
}

/** One try to reach an upstream, as the log tells it. */
export interface Try {
  readonly address: string;
  readonly port: number;
  readonly startedAtMs: number;
  /** Milliseconds to choose the address. */
  readonly latencyMs: number;
  /** Set when the try failed. */
  state: "failed" | undefined;
  status: number | undefined;
}

const encoder = new TextEncoder();

/**
 * One request and its response: the core's own view, given to every phase of every plugin.
 *
 * A plugin answers by itself with `return exchange.exit(…)` or `return exchange.error(…)`: the phase's remaining
 * plugins are skipped, header filters, body filters and log still run.
 */
export class Exchange {
  /** 32 hexadecimal characters, told both ways as X-Kong-Request-Id. */
  readonly id: string;
  readonly request: ClientRequest;
  readonly response = new ClientResponse();
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  route: RouteRow | undefined;
  service: ServiceRow | undefined;
  /** Where the request goes; undefined before routing and for a route without a service. */
  upstream: UpstreamTarget | undefined;
  /** The path's matched prefix, when the route strips it. */
  prefix: string | undefined;
  /** What the router found; set with the route. */
  match:
    | { readonly captures: Captures | undefined; readonly path: string; readonly upstreamPath: string }
    | undefined;
  /** Who the client is, once a plugin knows. */
  consumer: ConsumerRow | undefined;
  /** The credential that told so. */
  credential: Row | undefined;
  /** Groups that an authentication plugin learned about the client, when it knows any. */
  authenticatedGroups: readonly string[] | undefined;
  /** True once a plugin or core answered instead of the upstream. */
  hasExited = false;
  /** A plugin answers in the upstream's place: the client is told what it is told of an upstream's response. */
  answersForUpstream = false;
  tries: Try[] | undefined;
  /** Milliseconds in the gateway before the upstream was asked; -1 when it was not. */
  proxyLatencyMs = -1;
  /** Milliseconds until the upstream's response head; -1 when none came. */
  upstreamLatencyMs = -1;
  /** What the upstream answered; undefined when it did not. */
  upstreamStatus: number | undefined;
  /** Bytes sent to the client; known in the log phase. */
  sentBytes = 0;
  /** Fields (name, value…) that core adds to the response whoever makes it. */
  addedFields: string[] | undefined;
  /** What consistent hashing went by; kept so that a retry goes by the same. */
  hashInput: string | undefined;
  /** Fields that plugins add to the log record. */
  logValues: Map<string, unknown> | undefined;
  private sharedValues: Map<unknown, unknown> | undefined;
  private readonly errorFormat: ErrorFormat;
  private readonly errorTemplates: ErrorTemplates | undefined;

  /** @param errorFormat How errors of the connection are told when the request says nothing of formats. */
  constructor(
    id: string,
    request: ClientRequest,
    startedAtMs: number,
    errorFormat: ErrorFormat = "plain",
    errorTemplates?: ErrorTemplates,
  ) {
    this.errorFormat = errorFormat;
    this.errorTemplates = errorTemplates;
    this.id = id;
    this.request = request;
    this.startedAtMs = startedAtMs;
  }

  /** Values that plugins keep for this exchange. A plugin's own live under a symbol, shared ones under a string. */
  get shared(): Map<unknown, unknown> {
    return (this.sharedValues ??= new Map());
  }

  /** Sets a field of the log record; dots in the name lead into inner objects, undefined takes it away. */
  setLogValue(name: string, value: unknown): void {
    (this.logValues ??= new Map<string, unknown>()).set(name, value);
  }

  /**
   * Answers the client with exactly this.
   *
   * @param body Text and bytes go out as they are, an object as JSON with its content type.
   */
  exit(
    status: number,
    body?: string | Uint8Array | object,
    headers?: Iterable<readonly [string, string]>,
  ): void {
    const list = headers === undefined ? new HeaderList() : HeaderList.from(headers);
    if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
      this.answer(status, list, body, "exit");
      return;
    }
    list.setIfAbsent("Content-Type", "application/json; charset=utf-8");
    this.answer(status, list, JSON.stringify(body), "exit");
  }

  /**
   * Answers the client with an error in the format that it accepts, with the request id.
   *
   * @param status 400 to 599; anything else throws `TypeError`.
   * @param message Default: what the status says.
   */
  error(
    status: number,
    message = messageOfStatus(status),
    headers?: Iterable<readonly [string, string]>,
    source: "exit" | "error" = "exit",
  ): void {
    if (!(status >= 400)) throw new TypeError(`status ${status} is no error`);
    const list = headers === undefined ? new HeaderList() : HeaderList.from(headers);
    if (isGrpcContentType(this.request.headers.get("content-type"))) {
      const code = grpcStatus(status);
      list.set("Content-Type", "application/grpc");
      list.set("grpc-status", String(code));
      list.set("grpc-message", source === "exit" ? grpcMessage(code) : message);
      this.answer(status, list, undefined, source);
      return;
    }
    this.render(status, message, list, negotiate(this.request.headers.get("accept") ?? "") ?? "json", source);
  }

  /**
   * Answers with an error that concerns the connection rather than a plugin: without an Accept it follows the
   * request's content type, then `error_default_type`.
   */
  transportError(
    status: number,
    message = messageOfStatus(status),
    source: "exit" | "error" = "error",
  ): void {
    const { headers } = this.request;
    const accept = headers.get("accept");
    if (accept === undefined && isGrpcContentType(headers.get("content-type"))) {
      this.exit(status, { message });
      this.response.source = source;
      return;
    }
    const format =
      (accept === undefined ? undefined : (negotiate(accept) ?? "json")) ??
      formatOfMediaType(headers.get("content-type")?.split(";", 1)[0] ?? "") ??
      this.errorFormat;
    this.render(status, message, new HeaderList(), format, source);
  }

  /** Takes over the upstream's answer. */
  receive(upstream: UpstreamResponse): void {
    const { response } = this;
    this.upstreamStatus = upstream.status;
    response.status = upstream.status;
    response.reason = upstream.reason;
    response.headers = new HeaderList(upstream.headers);
    response.body = upstream.body;
    response.source = "service";
  }

  private render(
    status: number,
    message: string,
    headers: HeaderList,
    format: Parameters<typeof renderError>[0],
    source: "exit" | "error",
  ): void {
    const page = renderError(format, message, this.id, this.errorTemplates);
    headers.set("Content-Type", page.contentType);
    this.answer(status, headers, page.body, source);
  }

  private answer(
    status: number,
    headers: HeaderList,
    body: string | Uint8Array | undefined,
    source: "exit" | "error",
  ): void {
    const { response } = this;
    if (!Number.isInteger(status) || status < 100 || status > 599) {
      throw new TypeError(`status ${status} is not within 100..599`);
    }
    if (typeof response.body === "object" && !(response.body instanceof Uint8Array)) response.body.cancel();
    response.status = status;
    response.reason = "";
    response.headers = headers;
    response.body = body;
    response.source = source;
    const lengthBytes = typeof body === "string" ? encoder.encode(body).byteLength : (body?.byteLength ?? 0);
    headers.set("Content-Length", String(lengthBytes));
    this.hasExited = true;
  }
}
