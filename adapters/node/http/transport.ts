import type {
  Transport,
  UpstreamAddress,
  UpstreamCall,
  UpstreamListener,
  UpstreamRequest,
  UpstreamTls,
} from "../../../core/index.ts";
import { UpstreamExchange } from "./call.ts";
import { Pool, type PoolLimits, defaultPoolLimits } from "./pool.ts";
import { type Resolve, platformResolve } from "./resolve.ts";

export interface TransportOptions {
  readonly pool?: Partial<PoolLimits>;
  /** Default: the platform's resolver. */
  readonly resolve?: Resolve;
}

interface Slot {
  readonly port: number;
  readonly tls: UpstreamTls | undefined;
  readonly pool: Pool;
}

/** Sends requests over sockets. */
export class NodeTransport implements Transport {
  readonly canSetHost = true;
  private readonly limits: PoolLimits;
  private readonly resolve: Resolve;
  private readonly slots = new Map<string, Slot[]>();

  constructor(options: TransportOptions = {}) {
    this.limits = { ...defaultPoolLimits, ...options.pool };
    this.resolve = options.resolve ?? platformResolve();
  }

  send(address: UpstreamAddress, request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const exchange = new UpstreamExchange(this.poolOf(address), address, request, listener);
    exchange.start();
    return exchange;
  }

  private poolOf(address: UpstreamAddress): Pool {
    const { host, port, tls } = address;
    let slots = this.slots.get(host);
    if (slots === undefined) this.slots.set(host, (slots = []));
    for (const slot of slots) if (slot.port === port && slot.tls === tls) return slot.pool;
    const pool = new Pool(this.limits, this.resolve);
    slots.push({ port, tls, pool });
    return pool;
  }

  close(): void {
    for (const slots of this.slots.values()) for (const { pool } of slots) pool.close();
  }
}
