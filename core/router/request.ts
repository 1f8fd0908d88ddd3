import type { HeaderList } from "../http/headers.ts";
import type { RouterRoute, RouterService } from "./route.ts";

/** What routes may ask of a request. Text is as on the wire: byte strings, nothing decoded. */
export interface RouteRequest {
  readonly method: string;
  /** The request target in origin form, with the query. */
  readonly target: string;
  /** The Host field (or `:authority`) as sent; undefined when there is none. */
  readonly host: string | undefined;
  readonly scheme: "http" | "https";
  readonly sni: string | undefined;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  /** The port that the client meant: the listener's, after port maps. */
  readonly localPort: number;
  readonly headers: HeaderList;
}

/** What a regular expression took from the path; byte strings. A group that took no part is absent. */
export interface RouteCaptures {
  /** By number, the first group at 0; `undefined` where a group took no part. */
  readonly unnamed: readonly (string | undefined)[];
  readonly named: Readonly<Record<string, string>>;
}

export interface RouteMatch<R> {
  readonly value: R;
  readonly route: RouterRoute;
  readonly service: RouterService | undefined;
  /** The part of the path that the route matched, when the route strips it; a byte string for X-Forwarded-Prefix. */
  readonly prefix: string | undefined;
  /** Undefined unless a regular expression with groups matched. Computed when first asked for. */
  readonly captures: RouteCaptures | undefined;
  /** The path for the upstream, without query, escaped for the wire: service path, strip_path and path_handling applied. */
  readonly upstreamPath: string;
  /** The normalised path of the request, a byte string. */
  readonly path: string;
}
