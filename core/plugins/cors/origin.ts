import { pcre } from "../../http/pcre.ts";

/** What Access-Control-Allow-Origin says to an origin; undefined for nothing. */
export interface OriginRule {
  /** True when the answer depends on the request: caches must know. */
  readonly varies: boolean;
  answer(origin: string | undefined): string | undefined;
}

interface Pattern {
  /** Matched against the host alone. */
  readonly byHost: boolean;
  matches(text: string): boolean;
}

const parts = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?/i;
const defaultPorts: Readonly<Record<string, string>> = { http: "80", https: "443" };

interface Origin {
  readonly text: string;
  readonly host: string;
}

/** Scheme and host in small letters, the scheme's own port left out. */
const normalize = (origin: string): Origin => {
  const found = parts.exec(origin);
  if (found === null) return { text: origin, host: origin };
  const scheme = found[1]!.toLowerCase();
  const host = found[2]!.toLowerCase();
  const port = found[3];
  const shown = port === undefined || defaultPorts[scheme] === port ? "" : `:${port}`;
  return { text: `${scheme}://${host}${shown}`, host };
};

const isPlain = (origin: string): boolean => /^[A-Za-z0-9.:/-]+$/.test(origin);

const compile = (origin: string): Pattern => {
  const byHost = !origin.includes(":");
  if (isPlain(origin)) {
    const wanted = byHost ? origin.toLowerCase() : normalize(origin).text;
    return { byHost: false, matches: (text) => text === wanted };
  }
  // The whole of it has to match: an attacker's domain only contains the right one.
  const pattern = pcre(origin, true);
  return { byHost, matches: (text) => pattern.test(text) };
};

/** @param origins As configured; nothing means any. */
export const originRule = (origins: readonly string[]): OriginRule => {
  const [only] = origins;
  if (only === undefined || (origins.length === 1 && only === "*"))
    return { varies: false, answer: () => "*" };
  if (origins.length === 1 && isPlain(only)) return { varies: true, answer: () => only };
  const patterns = origins.map((origin) => (origin === "*" ? undefined : compile(origin)));
  return {
    varies: true,
    answer(origin) {
      if (origin === undefined) return undefined;
      const normalized = normalize(origin);
      for (const pattern of patterns) {
        if (pattern === undefined) return "*";
        if (pattern.matches(pattern.byHost ? normalized.host : normalized.text)) return normalized.text;
      }
      return undefined;
    },
  };
};
