import { type Address, avoiding, isUsable, type Strategy } from "./address.ts";

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** A wheel longer than this is not laid out: its weights are rounded to fit. */
const maxWheel = 10_000;

/** The turns of each address, in lowest terms. */
const turnsOf = (addresses: readonly Address[]): number[] => {
  const weights = addresses.map(({ weight }) => weight);
  const divisor = weights.reduce(gcd, 0) || 1;
  const turns = weights.map((weight) => weight / divisor);
  const total = turns.reduce((sum, turn) => sum + turn, 0);
  if (total <= maxWheel) return turns;
  return turns.map((turn) => (turn === 0 ? 0 : Math.max(1, Math.round((turn * maxWheel) / total))));
};

/** Lays the turns out so that each address comes up as evenly as its share allows (smooth weighted round robin). */
const layOut = (addresses: readonly Address[]): Address[] => {
  const turns = turnsOf(addresses);
  const total = turns.reduce((sum, turn) => sum + turn, 0);
  const current = turns.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = 0;
    for (let i = 0; i < turns.length; i++) {
      current[i]! += turns[i]!;
      if (current[i]! > current[best]!) best = i;
    }
    current[best]! -= total;
    return addresses[best]!;
  });
};

/** Each address in its turn, by weight. A pick is one step on a wheel, whatever the number of addresses. */
export class RoundRobin implements Strategy {
  private readonly wheel: readonly Address[];
  private at: number;

  /** @param start In [0, 1): where on the wheel to begin, so that many workers do not begin with the same address. */
  constructor(addresses: readonly Address[], start: number) {
    this.wheel = layOut(addresses);
    this.at = Math.floor(start * this.wheel.length);
  }

  pick(_hash: string, failed: ReadonlySet<Address> | undefined): Address | undefined {
    return avoiding(failed, (avoided) => this.next(avoided));
  }

  private next(failed: ReadonlySet<Address> | undefined): Address | undefined {
    const { wheel } = this;
    for (let step = 0; step < wheel.length; step++) {
      this.at = this.at + 1 < wheel.length ? this.at + 1 : 0;
      const address = wheel[this.at]!;
      if (isUsable(address, failed)) return address;
    }
    return undefined;
  }
}
