/** An IP address as 4 or 16 bytes. */
export type AddressBytes = readonly number[];

function parseV4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".")) {
      const tail = index === parts.length - 1 ? parseV4(part) : undefined;
      if (!tail) return undefined;
      bytes.push(...tail);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      const group = Number.parseInt(part, 16);
      bytes.push(group >> 8, group & 255);
    }
  }
  return bytes;
}

function parseV6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  return [...head, ...Array.from<number>({ length: missing }).fill(0), ...tail];
}

/** @returns Undefined when the text is no address. @see RFC 4291 §2.2 */
export const parseAddress = (text: string): AddressBytes | undefined =>
  text.includes(":") ? parseV6(text) : parseV4(text);

/** A block of addresses. */
export interface Network {
  readonly bytes: AddressBytes;
  readonly prefixBits: number;
}

/** An address, or a network in CIDR notation; an address is the network of itself. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", bits] = text.split("/");
  const bytes = parseAddress(address);
  if (!bytes) return undefined;
  if (bits === undefined) return { bytes, prefixBits: bytes.length * 8 };
  const prefixBits = /^[0-9]{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return prefixBits <= bytes.length * 8 ? { bytes, prefixBits } : undefined;
}

export function contains({ bytes, prefixBits }: Network, address: AddressBytes): boolean {
  if (bytes.length !== address.length) return false;
  for (let i = 0; i * 8 < prefixBits; i++) {
    const ignored = Math.max(0, (i + 1) * 8 - prefixBits);
    if ((bytes[i]! ^ address[i]!) >> ignored !== 0) return false;
  }
  return true;
}

/**
 * A test for membership in a list of addresses and networks. What a connection says is asked again and again, so the
 * last 1,000 answers are kept.
 *
 * @throws TypeError when an entry is neither.
 */
export const addressSet = (entries: readonly string[]): ((address: string) => boolean) => {
  if (entries.length === 0) return () => false;
  const networks = entries.map((entry) => {
    const network = parseNetwork(entry);
    if (network === undefined) throw new TypeError(`'${entry}' is no address and no CIDR block`);
    return network;
  });
  const answers = new Map<string, boolean>();
  return (address) => {
    let answer = answers.get(address);
    if (answer === undefined) {
      const bytes = parseAddress(address);
      answer = bytes !== undefined && networks.some((network) => contains(network, bytes));
      if (answers.size >= 1000) answers.clear();
      answers.set(address, answer);
    }
    return answer;
  };
};
