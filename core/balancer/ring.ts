import { type Address, avoiding, isUsable, type Strategy } from "./address.ts";
import { xxhash32 } from "./xxhash32.ts";

const minPoints = 1000;
const entriesForEach = 160;

interface Entry {
  readonly point: number;
  readonly address: Address;
}

const entriesOf = (addresses: readonly Address[], targetCount: number): number[] => {
  const total = addresses.reduce((sum, { weight }) => sum + weight, 0);
  return addresses.map(({ weight }) =>
    weight === 0 ? 0 : Math.max(1, Math.floor((weight / total) * targetCount * entriesForEach)),
  );
};

const known = new WeakMap<Address, number[]>();

/** The hashes of an address's entries, as far as they were needed: most of what laying out a ring costs. */
const hashesOf = (address: Address): number[] => {
  let hashes = known.get(address);
  if (hashes === undefined) known.set(address, (hashes = []));
  return hashes;
};

/** Puts the addresses on the ring as Kong does, so that a key lands where Kong puts it. */
const layOut = (
  addresses: readonly Address[],
  targetCount: number,
  slots: number,
): { points: number; ring: Entry[] } => {
  const entries = entriesOf(addresses, targetCount);
  const wanted = entries.reduce((sum, count) => sum + count, 0);
  // A ring with less room than entries could never be filled: it grows.
  const room = Math.max(slots, minPoints);
  const points = wanted > room ? wanted * 2 : room;
  // 1 + the address's index; 0 is free. The array is in order by itself: nothing has to be sorted.
  const taken = new Uint32Array(points);
  addresses.forEach((address, i) => {
    const hashes = hashesOf(address);
    let left = entries[i]!;
    for (let n = 0; left > 0; n++) {
      const point = (hashes[n] ??= xxhash32(`${address.host}::${address.port} ${n + 1}`)) % points;
      if (taken[point] !== 0) continue;
      taken[point] = i + 1;
      left--;
    }
  });
  const ring: Entry[] = [];
  taken.forEach((index, point) => {
    if (index > 0) ring.push({ point, address: addresses[index - 1]! });
  });
  return { points, ring };
};

/** Consistent hashing: equal keys go to the same address, and few keys move when an address comes or goes. */
export class Ring implements Strategy {
  private readonly points: number;
  private readonly ring: readonly Entry[];

  /**
   * @param addresses Sorted by name and port.
   * @param targetCount Targets that the addresses belong to.
   * @param slots Points on the ring; fewer than 1,000 count as 1,000.
   */
  constructor(addresses: readonly Address[], targetCount: number, slots: number) {
    const { points, ring } = layOut(addresses, targetCount, slots);
    this.points = points;
    this.ring = ring;
  }

  pick(hash: string, failed: ReadonlySet<Address> | undefined): Address | undefined {
    const start = this.below(xxhash32(hash) % this.points);
    return avoiding(failed, (avoided) => this.walk(start, avoided));
  }

  /** The last entry at or below a point; the highest one when there is none. */
  private below(point: number): number {
    const { ring } = this;
    let low = 0;
    let high = ring.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ring[middle]!.point <= point) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? ring.length - 1 : low - 1;
  }

  /** Downwards, as Kong walks. */
  private walk(start: number, failed: ReadonlySet<Address> | undefined): Address | undefined {
    const { ring } = this;
    for (let step = 0; step < ring.length; step++) {
      const at = start - step;
      const { address } = ring[at < 0 ? at + ring.length : at]!;
      if (isUsable(address, failed)) return address;
    }
    return undefined;
  }
}
