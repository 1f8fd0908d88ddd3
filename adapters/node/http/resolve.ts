import { lookup } from "node:dns";

/** Finds an IP address of a host name. May answer at once. Rejects when there is none. */
export type Resolve = (host: string) => string | Promise<string>;

/**
 * The platform's resolver (hosts file, then DNS) with a small memory.
 *
 * @param ttlMs Milliseconds that an answer is kept. Default 1,000: getaddrinfo tells no TTL.
 */
export function platformResolve(ttlMs = 1_000): Resolve {
  const known = new Map<string, { addresses: string[]; next: number; untilMs: number }>();
  return (host) => {
    const entry = known.get(host);
    if (entry !== undefined && entry.untilMs > performance.now())
      return entry.addresses[entry.next++ % entry.addresses.length]!;
    return new Promise((resolve, reject) => {
      lookup(host, { all: true, order: "ipv4first" }, (error, found) => {
        if (error !== null) return reject(error);
        if (found.length === 0) return reject(new Error(`no address of ${host}`));
        if (known.size >= 1_000) known.clear();
        const addresses = found.map(({ address }) => address);
        known.set(host, { addresses, next: 1, untilMs: performance.now() + ttlMs });
        resolve(addresses[0]!);
      });
    });
  };
}
