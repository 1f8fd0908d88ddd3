import { portAfter } from "./facts.ts";

/** A name that a route asks for: whole, by its end (`*.suffix`) or by its start (`prefix.*`). */
export interface NamePattern {
  readonly kind: "exact" | "suffix" | "prefix";
  readonly text: string;
  /** Undefined for any port. */
  readonly port: number | undefined;
}

export function parseName(name: string, port?: number): NamePattern {
  if (name.startsWith("*")) return { kind: "suffix", text: name.slice(1), port };
  if (name.endsWith("*")) return { kind: "prefix", text: name.slice(0, -1), port };
  return { kind: "exact", text: name, port };
}

export function parseHost(host: string): NamePattern {
  const at = host.indexOf(":");
  const port = at < 0 ? -1 : portAfter(host, at);
  return port < 0 ? parseName(host) : parseName(host.slice(0, at), port);
}

/** SNI as routes compare it: a fully qualified name's last dot doesn't count. */
export const parseSni = (sni: string): NamePattern =>
  parseName(sni.length > 1 && sni.endsWith(".") ? sni.slice(0, -1) : sni);

export function nameMatches(pattern: NamePattern, name: string): boolean {
  if (pattern.kind === "exact") return name === pattern.text;
  return pattern.kind === "suffix" ? name.endsWith(pattern.text) : name.startsWith(pattern.text);
}
