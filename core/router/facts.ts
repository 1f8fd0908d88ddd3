import { normalizePath } from "../http/path.ts";
import { fromByteString, isAscii } from "../http/utf8.ts";
import type { RouteRequest } from "./request.ts";

const colon = 58;

/** A header name as routes compare it: case and the difference of `-` and `_` don't count. */
export const headerKey = (name: string): string => name.toLowerCase().replaceAll("-", "_");

/** Lower case of a byte string; text beyond ASCII by Unicode's rules. */
export const lowerText = (bytes: string): string =>
  isAscii(bytes) ? bytes.toLowerCase() : fromByteString(bytes).toLowerCase();

/** The path of a target: up to the first `?`, but never empty. */
export function pathOf(target: string): string {
  const query = target.indexOf("?", 1);
  return query < 0 ? target : target.slice(0, query);
}

/** What one request tells routes; each costly part is computed when first asked for. */
export class Facts {
  readonly request: RouteRequest;
  /** Normalised, a byte string. */
  readonly path: string;
  /** The Host field up to its port. */
  readonly host: string;
  /** The Host field's port, else the listener's. */
  readonly port: number;
  private text: string | undefined;
  private headers: Map<string, string[]> | undefined;

  constructor(request: RouteRequest) {
    this.request = request;
    this.path = normalizePath(pathOf(request.target));
    const host = request.host ?? "";
    const at = host.indexOf(":");
    const port = at < 0 ? -1 : portAfter(host, at);
    this.host = port < 0 ? host : host.slice(0, at);
    this.port = port < 0 ? request.localPort : port;
  }

  /** The path as text, for regular expressions. */
  get pathText(): string {
    return (this.text ??= fromByteString(this.path));
  }

  /** Lower-case values of the header with that key (see {@link headerKey}). */
  headerValues(key: string): readonly string[] {
    this.headers ??= new Map();
    let values = this.headers.get(key);
    if (!values) {
      values = [];
      const { flat } = this.request.headers;
      for (let i = 0; i < flat.length; i += 2) {
        const name = flat[i]!;
        if (name.length === key.length && headerKey(name) === key) values.push(lowerText(flat[i + 1]!));
      }
      this.headers.set(key, values);
    }
    return values;
  }
}

/** The number after the colon at `at`, -1 when there is none: IPv6 addresses keep their colons. */
export function portAfter(host: string, at: number): number {
  if (at + 1 >= host.length || host.length - at > 6) return -1;
  let port = 0;
  for (let i = at + 1; i < host.length; i++) {
    const digit = host.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    port = port * 10 + digit;
  }
  return host.charCodeAt(at) === colon ? port : -1;
}
