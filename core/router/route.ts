/** An address a connection comes from or goes to; CIDR allowed. One of both must be given. */
export interface RouterEndpoint {
  readonly ip?: string | null;
  readonly port?: number | null;
}

/** A route as stored, in Kong's names. What is absent, null or empty does not restrict. */
export interface RouterRoute {
  readonly id: string;
  readonly name?: string | null;
  /** Seconds since the epoch; `traditional` prefers the older of equal routes. */
  readonly created_at?: number;
  readonly updated_at?: number;
  readonly protocols: readonly string[];
  readonly methods?: readonly string[] | null;
  /** Plain, `*.suffix` or `prefix.*`, each with an optional `:port`. */
  readonly hosts?: readonly string[] | null;
  /** Prefixes, or regular expressions behind `~`. */
  readonly paths?: readonly string[] | null;
  /** Name to values, any of which may be there; `~*` begins a regular expression. */
  readonly headers?: Readonly<Record<string, readonly string[]>> | null;
  readonly snis?: readonly string[] | null;
  readonly sources?: readonly RouterEndpoint[] | null;
  readonly destinations?: readonly RouterEndpoint[] | null;
  readonly regex_priority?: number | null;
  readonly path_handling?: "v0" | "v1" | null;
  readonly strip_path?: boolean | null;
  readonly preserve_host?: boolean | null;
  readonly https_redirect_status_code?: number | null;
  /** Only in the `expressions` flavour; excludes methods, hosts, paths, headers and snis. */
  readonly expression?: string | null;
  /** With `expression`: 0 to 2^46 - 1, the greater wins. */
  readonly priority?: number | null;
}

/** What the router needs to know of a service. */
export interface RouterService {
  readonly id?: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly path?: string | null;
}

/** One route of a table. */
export interface RouterEntry<R> {
  readonly route: RouterRoute;
  readonly service: RouterService | undefined;
  /** Whatever the caller wants back with a match. */
  readonly value: R;
}

/** `traditional_compatible` is Kong's default; the three differ in ranking, wildcards and regular expressions. */
export type RouterFlavor = "traditional_compatible" | "traditional" | "expressions";
