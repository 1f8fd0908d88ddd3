import type {
  Transport,
  UpstreamAddress,
  UpstreamCall,
  UpstreamListener,
  UpstreamRequest,
  UpstreamTls,
} from "../../../core/index.ts";
import { UpstreamExchange } from "./call.ts";
import { Http2Pool } from "../http2/pool.ts";
import { Pool, type PoolLimits, defaultPoolLimits } from "./pool.ts";
import { type Resolve, platformResolve } from "./resolve.ts";

export interface TransportOptions {
  readonly pool?: Partial<PoolLimits>;
  /** Finds addresses of host names. Default: the platform's resolver. */
  readonly resolve?: Resolve;
}

/** The connections to one port of a host under one TLS identity. */
interface Slot {
  readonly port: number;
  readonly tls: UpstreamTls | undefined;
  readonly pool: Pool;
  http2: Http2Pool | undefined;
}

/** Hosts at which those without a connection are forgotten. */
const MAX_HOSTS = 1_000;

/** Sends requests over sockets of its own: pooled HTTP/1.1 connections, HTTP/2 for gRPC. */
export class NodeTransport implements Transport {
  readonly canSetHost = true;
  readonly hasHttp2 = true;
  private readonly limits: PoolLimits;
  private readonly resolve: Resolve;
  private readonly hosts = new Map<string, Slot[]>();
  private sweepAt = MAX_HOSTS;

  constructor(options: TransportOptions = {}) {
    this.limits = { ...defaultPoolLimits, ...options.pool };
    this.resolve = options.resolve ?? platformResolve();
  }

  send(address: UpstreamAddress, request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const slot = this.slotOf(address);
    if (request.httpVersion === "2") {
      slot.http2 ??= new Http2Pool(address, this.resolve, this.limits.idleMs);
      return slot.http2.send(request, listener);
    }
    const exchange = new UpstreamExchange(slot.pool, request, listener);
    exchange.start();
    return exchange;
  }

  private slotOf(address: UpstreamAddress): Slot {
    const { host, port, tls } = address;
    let slots = this.hosts.get(host);
    if (slots === undefined) {
      if (this.hosts.size >= this.sweepAt) this.sweep();
      this.hosts.set(host, (slots = []));
    }
    for (const slot of slots) if (slot.port === port && slot.tls === tls) return slot;
    // A new configuration brings new TLS objects: the pools of the old ones end here.
    if (slots.length > 0) this.hosts.set(host, (slots = slots.filter(isUsed)));
    const slot = { port, tls, pool: new Pool(address, this.limits, this.resolve), http2: undefined };
    slots.push(slot);
    return slot;
  }

  private sweep(): void {
    for (const [host, slots] of this.hosts) if (!slots.some(isUsed)) this.hosts.delete(host);
    this.sweepAt = Math.max(MAX_HOSTS, this.hosts.size * 2);
  }

  /** Connections that exist, idle or not. */
  get openConnections(): number {
    let open = 0;
    for (const slots of this.hosts.values())
      for (const { pool, http2 } of slots) open += pool.open + (http2?.open ?? 0);
    return open;
  }

  close(): void {
    for (const slots of this.hosts.values())
      for (const { pool, http2 } of slots) {
        pool.close();
        http2?.close();
      }
  }
}

const isUsed = ({ pool, http2 }: Slot): boolean => pool.open > 0 || (http2 !== undefined && http2.open > 0);
