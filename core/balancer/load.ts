import { type Address, avoiding, isUsable, type Strategy } from "./address.ts";

/** The usable address with the lowest score; equal ones take turns. */
const lowest = (
  addresses: readonly Address[],
  failed: ReadonlySet<Address> | undefined,
  from: number,
  score: (address: Address) => number,
): Address | undefined => {
  let best: Address | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let i = 0; i < addresses.length; i++) {
    const address = addresses[(from + i) % addresses.length]!;
    if (!isUsable(address, failed)) continue;
    const own = score(address);
    if (own >= bestScore) continue;
    best = address;
    bestScore = own;
  }
  return best;
};

/** The address with the fewest tries under way for its weight. */
export class LeastConnections implements Strategy {
  private readonly addresses: readonly Address[];
  private turn = 0;

  constructor(addresses: readonly Address[]) {
    this.addresses = addresses;
  }

  pick(_hash: string, failed: ReadonlySet<Address> | undefined): Address | undefined {
    this.turn++;
    return avoiding(failed, (avoided) =>
      lowest(this.addresses, avoided, this.turn, ({ connections, weight }) => (connections + 1) / weight),
    );
  }
}

/** Milliseconds in which an old latency loses its weight. */
const decayMs = 10_000;

/** An average of latencies that jumps up at once and comes down slowly (peak EWMA). */
export const sampleLatency = (address: Address, latencyMs: number, nowMs: number): void => {
  const { latencyMs: before, sampledAtMs } = address;
  address.sampledAtMs = nowMs;
  if (sampledAtMs === undefined || latencyMs > before) {
    address.latencyMs = latencyMs;
    return;
  }
  const weight = Math.exp(-Math.max(0, nowMs - sampledAtMs) / decayMs);
  address.latencyMs = before * weight + latencyMs * (1 - weight);
};

/** The address that answers fastest for its weight. One that was never asked counts as average. */
export class LowestLatency implements Strategy {
  private readonly addresses: readonly Address[];
  private turn = 0;

  constructor(addresses: readonly Address[]) {
    this.addresses = addresses;
  }

  pick(_hash: string, failed: ReadonlySet<Address> | undefined, nowMs: number): Address | undefined {
    this.turn++;
    const asked = this.addresses.filter(({ sampledAtMs }) => sampledAtMs !== undefined);
    const mean = asked.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / Math.max(1, asked.length);
    return avoiding(failed, (avoided) =>
      lowest(this.addresses, avoided, this.turn, ({ latencyMs, sampledAtMs, weight, connections }) => {
        const decayed =
          sampledAtMs === undefined ? mean : latencyMs * Math.exp(-(nowMs - sampledAtMs) / decayMs);
        return ((decayed + 1) * (connections + 1)) / weight;
      }),
    );
  }
}
