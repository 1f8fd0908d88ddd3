/** A name that a route asks for: whole, by its end (`*.suffix`) or by its start (`prefix.*`). */
export interface NamePattern {
  readonly kind: "exact" | "suffix" | "prefix";
  readonly text: string;
  /** Undefined for any port. */
  readonly port: number | undefined;
}

/** The number after the colon at `at`, -1 when there is none: IPv6 addresses keep their colons. */
export function portAfter(host: string, at: number): number {
  const end = host.length;
  if (at + 1 >= end || end - at > 6) return -1;
  let port = 0;
  for (let i = at + 1; i < end; i++) {
    const digit = host.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    port = port * 10 + digit;
  }
  return port;
}

export function parseName(name: string, port?: number): NamePattern {
  if (name.startsWith("*")) return { kind: "suffix", text: name.slice(1), port };
  if (name.endsWith("*")) return { kind: "prefix", text: name.slice(0, -1), port };
  return { kind: "exact", text: name, port };
}

/** A host with an optional port. */
export function parseHost(host: string): NamePattern {
  const at = host.indexOf(":");
  const port = at < 0 ? -1 : portAfter(host, at);
  return port < 0 ? parseName(host) : parseName(host.slice(0, at), port);
}

/** As {@link parseHost}, but `traditional` compares a plain host with its port as one text. */
export const parseTraditionalHost = (host: string): NamePattern =>
  host.includes("*") ? parseHost(host) : { kind: "exact", text: host, port: undefined };

/** SNI as routes compare it: a fully qualified name's last dot doesn't count. */
export const parseSni = (sni: string): NamePattern =>
  parseName(sni.length > 1 && sni.endsWith(".") ? sni.slice(0, -1) : sni);

export function nameMatches(pattern: NamePattern, name: string): boolean {
  if (pattern.kind === "exact") return name === pattern.text;
  return pattern.kind === "suffix" ? name.endsWith(pattern.text) : name.startsWith(pattern.text);
}

/** Whether the index can look the pattern up: wildcards stand for whole labels. */
export function isKeyable({ kind, text }: NamePattern): boolean {
  if (kind === "exact") return true;
  return kind === "suffix" ? text.startsWith(".") : text.endsWith(".");
}
