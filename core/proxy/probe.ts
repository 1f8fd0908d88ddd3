import type { Address, Report } from "../balancer/index.ts";
import { type DnsClient, DnsFailure, type SocketAddress } from "../dns/index.ts";
import type { ActiveChecks } from "../entities/rows.ts";
import { BytesBody } from "../http/bodies.ts";
import { HeaderList } from "../http/headers.ts";
import type { BodyStream } from "../ports/body.ts";
import type { Dialer } from "../ports/dialer.ts";
import type { Timers } from "../ports/timers.ts";
import type {
  Transport,
  UpstreamFailure,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamTls,
} from "../ports/transport.ts";
import { hostOf } from "./request.ts";

export interface ProbePorts {
  readonly timers: Timers;
  readonly transport: Transport;
  /** Undefined where only HTTP can be spoken. */
  readonly dialer: Dialer | undefined;
  readonly dns: DnsClient | undefined;
}

/** How the addresses of one upstream are checked. */
export interface ProbeTerms {
  readonly checks: ActiveChecks;
  /** In place of the address's own name. */
  readonly hostHeader: string | undefined;
  /** What is shown to servers that ask for it. */
  readonly certificate: UpstreamTls["certificate"];
}

const isSecure = (type: string): boolean => type === "https" || type === "grpcs";
const isGrpc = (type: string): boolean => type === "grpc" || type === "grpcs";

/** Whether checks can be made here. @param tls How they speak it; undefined for plain text. */
export const isProbeable = (
  type: string,
  tls: UpstreamTls | undefined,
  { dialer, transport }: Pick<ProbePorts, "dialer" | "transport">,
): boolean => {
  if (tls !== undefined && transport.tlsLimit?.(tls) !== undefined) return false;
  if (isGrpc(type)) return transport.hasHttp2;
  return type === "http" || type === "https" || (type === "tcp" && dialer !== undefined);
};

/** How to speak TLS to addresses of one name; one object for each, as transports want it. */
export class ProbeTls {
  private readonly terms: ProbeTerms;
  private readonly known = new Map<string, UpstreamTls>();

  constructor(terms: ProbeTerms) {
    this.terms = terms;
  }

  to({ hostname }: Pick<Address, "hostname">): UpstreamTls | undefined {
    const { checks, hostHeader, certificate } = this.terms;
    if (!isSecure(checks.type)) return undefined;
    const serverName = checks.https_sni ?? hostHeader ?? hostname;
    let tls = this.known.get(serverName);
    if (tls === undefined) {
      // Where the platform verifies in any case, a check that need not be strict is made all the same.
      const verify = checks.https_verify_certificate || undefined;
      tls = { serverName, verify, verifyDepth: undefined, roots: undefined, certificate };
      this.known.set(serverName, tls);
    }
    return tls;
  }
}

/** A message without fields: the health of the whole server. One byte of flags, four of length. */
const emptyMessage = new Uint8Array(5);
/** Where the status stands in the answer: after the five bytes, the field's tag. */
const [statusTag, serving] = [0x08, 1];

const requestOf = (
  { checks, hostHeader }: ProbeTerms,
  { hostname, port }: Address,
  timeoutMs: number,
): UpstreamRequest => {
  const host = hostOf(isSecure(checks.type) ? "https" : "http", hostHeader ?? hostname, port);
  const headers = ["Host", host];
  for (const [name, values] of Object.entries(checks.headers ?? {}))
    for (const value of values) headers.push(name, value);
  const times = { connectTimeoutMs: timeoutMs, writeTimeoutMs: timeoutMs, readTimeoutMs: timeoutMs };
  if (!isGrpc(checks.type)) {
    const target = checks.http_path;
    return {
      ...times,
      method: "GET",
      target,
      httpVersion: "1.1",
      headers,
      body: undefined,
      upgrade: undefined,
      isSingle: true,
    };
  }
  headers.push("Content-Type", "application/grpc", "TE", "trailers");
  return {
    ...times,
    method: "POST",
    target: "/grpc.health.v1.Health/Check",
    httpVersion: "2",
    headers,
    body: new BytesBody(emptyMessage),
    upgrade: undefined,
  };
};

const ofFailure = ({ code }: UpstreamFailure): Report => {
  if (code === "connect_timeout" || code === "read_timeout" || code === "write_timeout") return "timeout";
  return code === "invalid_response" ? { status: 0 } : "tcp_failure";
};

/** @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
const ofGrpc = (status: string | undefined, message: readonly number[]): Report => {
  // UNIMPLEMENTED: the server is there, and says nothing of its health.
  if (status === "12") return "success";
  return status === "0" && message[5] === statusTag && message[6] === serving ? "success" : "http_failure";
};

const readGrpc = ({ headers, body }: UpstreamResponse, told: (report: Report) => void): void => {
  const statusIn = (fields: string[] | undefined): string | undefined =>
    fields === undefined ? undefined : new HeaderList(fields).get("grpc-status");
  if (body === undefined) return told(ofGrpc(statusIn(headers), []));
  const message: number[] = [];
  body.start({
    chunk(bytes) {
      // Seven bytes say everything: what is longer is not read on.
      if (message.length < 16) message.push(...bytes.subarray(0, 16));
      return true;
    },
    end: (trailers) => told(ofGrpc(statusIn(trailers) ?? statusIn(headers), message)),
    fail: () => told("tcp_failure"),
  });
};

const send = (
  { transport, timers }: ProbePorts,
  terms: ProbeTerms,
  address: Address,
  at: SocketAddress,
  tls: UpstreamTls | undefined,
  timeoutMs: number,
): Promise<Report> =>
  new Promise((resolve) => {
    let body: BodyStream | undefined;
    const told = (report: Report): void => {
      stop();
      resolve(report);
    };
    // In all: an answer that trickles in is none.
    const stop = timers.at(timeoutMs, "probe timeout", () => {
      body?.cancel();
      call.cancel();
      resolve("timeout");
    });
    const call = transport.send({ ...at, tls }, requestOf(terms, address, timeoutMs), {
      informed: () => undefined,
      responded: (response) => {
        body = response.body;
        if (isGrpc(terms.checks.type) && response.status === 200) return readGrpc(response, told);
        body?.cancel();
        told(isGrpc(terms.checks.type) ? "http_failure" : { status: response.status });
      },
      failed: (failure) => told(ofFailure(failure)),
    });
  });

/** Asks one address whether it is well. */
export const probe = async (
  ports: ProbePorts,
  terms: ProbeTerms,
  address: Address,
  tls: UpstreamTls | undefined,
): Promise<Report> => {
  const timeoutMs = Math.max(1, terms.checks.timeout * 1000);
  const { dns, dialer, transport } = ports;
  const { host, port, hostname, isLate } = address;
  const isKept = transport.keepsOwnNames === true && (terms.hostHeader ?? hostname) === host;
  const at = isLate && !isKept && dns !== undefined ? await dns.toip(host, port) : address;
  if (at instanceof DnsFailure) return "tcp_failure";
  if (terms.checks.type !== "tcp")
    return send(ports, terms, address, { host: at.host, port: at.port }, tls, timeoutMs);
  const outcome = await dialer!.dial(at.host, at.port, timeoutMs);
  return outcome === "connected" ? "success" : outcome === "timeout" ? "timeout" : "tcp_failure";
};
