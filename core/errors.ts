/** Who has to act: tells metrics, log level and whether a retry makes sense. */
export type Blame = "client" | "gateway" | "upstream" | "configuration";

interface ErrorRow {
  /** HTTP status told to the client. */
  readonly status: number;
  /** Told to the client. */
  readonly message: string;
  readonly blame: Blame;
  /** The same request may succeed on another address. */
  readonly retryable: boolean;
}

/** Everything that can go wrong with an exchange. Messages are Kong's: clients compare them. */
export const errorTable = {
  no_route: { status: 404, message: "no Route matched with those values", blame: "client", retryable: false },
  no_service: {
    status: 503,
    message: "no Service found with those values",
    blame: "configuration",
    retryable: false,
  },
  no_peer: {
    status: 503,
    message: "failure to get a peer from the ring-balancer",
    blame: "configuration",
    retryable: false,
  },
  unexpected: { status: 500, message: "An unexpected error occurred", blame: "gateway", retryable: false },
  name_not_resolved: { status: 503, message: "name resolution failed", blame: "upstream", retryable: true },
  upstream_unreachable: {
    status: 502,
    message: "An invalid response was received from the upstream server",
    blame: "upstream",
    retryable: true,
  },
  upstream_invalid: {
    status: 502,
    message: "An invalid response was received from the upstream server",
    blame: "upstream",
    retryable: false,
  },
  upstream_timeout: {
    status: 504,
    message: "The upstream server is timing out",
    blame: "upstream",
    retryable: true,
  },
  unsupported: {
    status: 502,
    message: "The gateway can't reach this service as it is configured",
    blame: "configuration",
    retryable: false,
  },
  client_closed: { status: 499, message: "client closed the connection", blame: "client", retryable: false },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** A failure with a row in {@link errorTable}; `cause` keeps what led to it. */
export class GatewayError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, options?: { cause?: unknown; detail?: string }) {
    super(options?.detail ?? errorTable[code].message, { cause: options?.cause });
    this.name = "GatewayError";
    this.code = code;
  }
}

/** What a status says to a client when nothing better is known. */
const statusMessages: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  408: "Request timeout",
  411: "Length required",
  412: "Precondition failed",
  413: "Payload too large",
  414: "URI too long",
  417: "Expectation failed",
  429: "Too many requests",
  494: "Request header or cookie too large",
  500: "An unexpected error occurred",
  502: "An invalid response was received from the upstream server",
  503: "The upstream server is currently unavailable",
  504: "The upstream server is timing out",
};

export const messageOfStatus = (status: number): string =>
  statusMessages[status] ?? `The upstream server responded with ${status}`;
