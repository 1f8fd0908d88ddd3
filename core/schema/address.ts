const v4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

function isV6(value: string): boolean {
  if (!/^[0-9A-Fa-f:.]+$/.test(value) || !value.includes(":")) return false;
  const halves = value.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  let count = groups.length;
  if (last?.includes(".")) {
    if (!v4.test(last)) return false;
    groups.pop();
    count++;
  }
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count < 8 : count === 8;
}

/** 4 or 6 for an IP address without brackets, 0 for anything else. */
export const ipVersion = (value: string): 0 | 4 | 6 => (v4.test(value) ? 4 : isV6(value) ? 6 : 0);

/** The parts of a block in CIDR notation; undefined when it is none. */
export function cidrOf(value: string): { address: string; bits: number } | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(value);
  if (!match) return undefined;
  const version = ipVersion(match[1]!);
  const bits = Number(match[2]);
  return version && bits <= (version === 4 ? 32 : 128) ? { address: match[1]!, bits } : undefined;
}

/** An IPv6 address in full: eight groups of four digits. Undefined when it is no IPv6 address. */
export function expandV6(value: string): string | undefined {
  if (!isV6(value)) return undefined;
  const dotted = value.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = "", tail] = dotted.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].map((group) => group.toLowerCase().padStart(4, "0")).join(":");
}
