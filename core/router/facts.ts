import { normalizePath } from "../http/path.ts";
import { fromByteString, isAscii } from "../http/utf8.ts";
import { portAfter } from "./name.ts";
import { Packed, hashWord } from "./packed.ts";
import type { RouteRequest } from "./request.ts";

/** A header name as routes compare it: case and the difference of `-` and `_` don't count. */
export const headerKey = (name: string): string => name.toLowerCase().replaceAll("-", "_");

/** Whether a name has that key, without making its key. */
function hasKey(name: string, key: string): boolean {
  if (name.length !== key.length) return false;
  for (let i = 0; i < name.length; i++) {
    let code = name.charCodeAt(i);
    if (code === 45) code = 95;
    else if (code >= 65 && code <= 90) code |= 32;
    if (code !== key.charCodeAt(i)) return false;
  }
  return true;
}

/** Lower case of a byte string, as text; beyond ASCII by Unicode's rules. */
const lowerText = (bytes: string): string =>
  isAscii(bytes) ? bytes.toLowerCase() : fromByteString(bytes).toLowerCase();

const slash = 1;
const dot = 2;
/** May change by normalisation. */
const unsettled = 4;
/** Must be escaped for the wire. */
const unsafe = 8;

/** Traits of each byte. */
const traits = new Uint8Array(256);
for (let code = 0; code < 256; code++)
  traits[code] = /[!#$&'()*+,/:;=?@[\]A-Za-z0-9\-_.~%]/.test(String.fromCharCode(code)) ? 0 : unsafe;
traits[0x2f] = slash;
traits[0x2e] = dot;
traits[0x25] = unsettled;

/** Texts of up to so many bytes are compared by their words alone. */
const inlineBytes = 51;
const questionMark = 63;
/** Header names up to which each is searched for in the request. */
const fewNames = 4;

/**
 * What one request tells routes; each costly part is computed when first asked for. One object serves all requests
 * of a router, one after the other.
 */
export class Facts {
  request!: RouteRequest;
  /** Normalised, a byte string. */
  path = "";
  /** The path for look-ups, as far as routes look. */
  readonly packed = new Packed();
  /** The path has bytes that must be escaped for the wire. */
  isUnsafe = false;
  /** The Host field without its port. */
  host = "";
  /** The Host field as sent, where `traditional` tells it from the host. */
  plainHost: string | undefined;
  /** The Host field's port, else the flavour's default. */
  port = 0;
  private text: string | undefined;
  /** Keys of headers that were asked for, and their values in the same places. */
  private readonly headerKeys: string[] = [];
  private readonly headerLists: (readonly string[])[] = [];
  /** How many of them are of this request: counting is cheaper than emptying the lists for each request. */
  private headerCount = 0;

  /** Begins with a request. @param reach Longest prefix that any route asks for. */
  start(request: RouteRequest, reach: number): void {
    this.request = request;
    this.text = undefined;
    this.headerCount = 0;
    this.packed.reserve(reach);
    const { target } = request;
    const found = this.scan(target, reach);
    let end = target.length;
    if (found < 0 || found >= end) {
      if (found >= 0) {
        this.path = target;
        if (reach > inlineBytes) this.packed.text = target;
        return;
      }
      const query = target.indexOf("?", 1);
      if (query >= 0) end = query;
      this.path = normalizePath(end === target.length ? target : target.slice(0, end));
      this.scan(this.path, reach);
    } else this.path = target.slice(0, found);
    if (reach > inlineBytes) this.packed.text = this.path;
  }

  /** One pass for everything that matching needs. @returns Where the path ends, -1 when it must be normalised. */
  private scan(target: string, reach: number): number {
    const { words, hashes } = this.packed;
    const { length } = target;
    let seen = 0;
    let before = 0;
    let word = 0;
    let i = 0;
    for (; i < length; i++) {
      const code = target.charCodeAt(i);
      if (code === questionMark && i > 0) break;
      if (code > 255) return -1;
      const trait = traits[code]!;
      // A dot or a slash behind a slash.
      if (trait !== 0) {
        if ((before & slash) !== 0 && (trait & (slash | dot)) !== 0) seen |= unsettled;
        seen |= trait;
      }
      before = trait;
      word |= code << ((i & 3) << 3);
      if ((i & 3) === 3) {
        if (i - 3 <= reach) {
          words[i >> 2] = word;
          hashes[(i >> 2) + 1] = hashWord(hashes[i >> 2]!, word);
        }
        word = 0;
      }
    }
    if (i - (i & 3) <= reach) words[i >> 2] = word;
    this.isUnsafe = (seen & unsafe) !== 0;
    return (seen & unsettled) === 0 ? i : -1;
  }

  /** Takes the Host field apart: up to the first colon that only a port follows. IPv6 addresses keep their brackets. */
  readHost(): void {
    const host = this.request.host ?? "";
    const at = host.indexOf(":");
    const port = at < 0 ? -1 : portAfter(host, at);
    this.host = port < 0 ? host : host.slice(0, at);
    this.port = port < 0 ? this.request.localPort : port;
  }

  /** Takes the Host field apart as `traditional` does: brackets are dropped, the default port is the scheme's. */
  readTraditionalHost(): void {
    const host = this.request.host ?? "";
    const bracket = host.startsWith("[") ? host.indexOf("]") : -1;
    const at = host.indexOf(":", bracket + 1);
    const port = at < 0 ? -1 : portAfter(host, at);
    const name = port < 0 ? host : host.slice(0, at);
    this.host = bracket > 0 && bracket === name.length - 1 ? name.slice(1, -1) : name;
    this.plainHost = this.host === host ? undefined : host;
    this.port = port >= 0 ? port : this.request.scheme === "https" ? 443 : 80;
  }

  /** The path as text, for regular expressions. */
  get pathText(): string {
    return (this.text ??= this.isUnsafe ? fromByteString(this.path) : this.path);
  }

  /** Keys among `names` that the request has headers for: looked up by whichever side has fewer. */
  headerKeysAmong(names: ReadonlyMap<string, unknown>): Iterable<string> {
    if (names.size <= fewNames) return names.keys();
    const { flat } = this.request.headers;
    const keys = new Set<string>();
    for (let i = 0; i < flat.length; i += 2) {
      const key = headerKey(flat[i]!);
      if (names.has(key)) keys.add(key);
    }
    return keys;
  }

  /** Lower-case values of the headers with that key (see {@link headerKey}), as text. */
  headerValues(key: string): readonly string[] {
    for (let i = 0; i < this.headerCount; i++) if (this.headerKeys[i] === key) return this.headerLists[i]!;
    const values: string[] = [];
    const { flat } = this.request.headers;
    for (let i = 0; i < flat.length; i += 2) if (hasKey(flat[i]!, key)) values.push(lowerText(flat[i + 1]!));
    this.headerKeys[this.headerCount] = key;
    this.headerLists[this.headerCount++] = values;
    return values;
  }
}
