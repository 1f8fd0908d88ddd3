import { toByteString } from "../http/utf8.ts";
import { type Matcher, maxPlaces } from "./matcher.ts";
import { type NamePattern, isKeyable } from "./name.ts";

/** Families of names in the table of zones, as offsets of a zone's id. */
export const scopes = { exact: 0, suffix: 1, prefix: 2, sni: 3, open: 4 } as const;
/** Room for the families of one zone. */
export const scopeCount = 8;

/** Where a zone stands below another. */
export interface ZoneKey {
  /** One of {@link scopes}, or the key of a header. */
  readonly scope: number | string;
  readonly text: string;
}

/** Where the index keeps a matcher: under each host, then under each header value or SNI, then under each prefix. */
export interface IndexKeys {
  /** Undefined stands for "no host asked for". */
  readonly hosts: readonly (ZoneKey | undefined)[];
  readonly details: readonly (ZoneKey | undefined)[];
  readonly prefixes: readonly string[];
}

const anywhere: readonly [undefined] = [undefined];
const everyPath: readonly [""] = [""];

const unique = <T>(values: readonly T[], keyOf: (value: T) => string): T[] =>
  values.length === 1 ? [...values] : [...new Map(values.map((value) => [keyOf(value), value])).values()];

const keyText = ({ scope, text }: ZoneKey): string => `${scope} ${text}`;

function hostKeys(hosts: readonly NamePattern[] | undefined): readonly (ZoneKey | undefined)[] {
  if (!hosts?.every(isKeyable)) return anywhere;
  return unique(
    hosts.map(({ kind, text }) => ({ scope: scopes[kind], text })),
    keyText,
  );
}

function detailKeys<R>({ headers, snis }: Matcher<R>): readonly (ZoneKey | undefined)[] {
  const rule = headers?.find(({ patterns }) => patterns.length === 0);
  if (rule)
    return unique(
      rule.values.map((text) => ({ scope: rule.key, text })),
      keyText,
    );
  if (!snis?.every(({ kind }) => kind === "exact")) return anywhere;
  // Without TLS an SNI is not compared: such requests find the matcher among the open ones.
  return unique(
    [...snis.map(({ text }) => ({ scope: scopes.sni, text })), { scope: scopes.open, text: "" }],
    keyText,
  );
}

function pathKeys<R>({ prefixes, regexes }: Matcher<R>): readonly string[] {
  if (prefixes) return unique(prefixes, String);
  if (regexes)
    return unique(
      regexes.map(({ prefix }) => toByteString(prefix)),
      String,
    );
  return everyPath;
}

export function keysOf<R>(matcher: Matcher<R>): IndexKeys {
  let hosts = hostKeys(matcher.hosts);
  let details = detailKeys(matcher);
  const prefixes = pathKeys(matcher);
  const places = hosts.length * prefixes.length;
  if (places > maxPlaces && matcher.checksHost) hosts = anywhere;
  if (places * details.length > maxPlaces) details = anywhere;
  return { hosts, details, prefixes };
}
