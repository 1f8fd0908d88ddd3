import { CR, HEX, LF, TOKEN, VALUE } from "./bytes.ts";
import { MORE as HEAD_MORE, parseTrailers } from "./head.ts";
import { type HeadLimits, head } from "./parsed.ts";
import { joined, type Octets } from "./octets.ts";

/** What {@link BodyReader.next} found. */
export const MORE = 0;
export const DATA = 1;
export const END = 2;
export const BAD = 3;

const none = new Uint8Array(0);

/** How a body is delimited: by a length in bytes, by chunks, or by the end of the connection. */
export type Framing = number | "chunked" | "close";

/** Where in a chunk the reader stands. */
const SIZE = 0;
const EXTENSION_NAME = 1;
const EXTENSION_VALUE = 2;
const QUOTED = 3;
const ESCAPED = 4;
const AFTER_QUOTED = 5;
const SIZE_LF = 6;
const CHUNK = 7;
const CHUNK_CR = 8;
const CHUNK_LF = 9;
const TRAILERS = 10;
const OVER = 11;

const SEMICOLON = 59;
const EQUALS = 61;
const QUOTE = 34;
const BACKSLASH = 92;

/** Bytes of extensions allowed in one chunk line (RFC 9112 §7.1.1 asks for a limit). */
const MAX_EXTENSION_BYTES = 1_024;

/** Fields that a trailer section may not set: framing, routing, authentication, content (RFC 9110 §6.5.1). */
const FORBIDDEN =
  /^(?:transfer-encoding|content-(?:length|type|encoding|range|location)|host|connection|keep-alive|proxy-.*|te|trailer|upgrade|authorization|www-authenticate|cookie|set-cookie|expect|max-forwards|cache-control|range|age|date|expires|location|vary|via|if-.*)$/i;

/**
 * Reads one message body out of the bytes of a connection, strictly.
 *
 * @see RFC 9112 §6, §7.1
 */
export class BodyReader {
  /** After DATA: where the data is. After any result but DATA, `to` is the first byte not consumed. */
  from = 0;
  to = 0;
  trailers: string[] | undefined = undefined;
  private readonly chunked: boolean;
  /** Bytes left of the body or of the chunk. */
  private left: number;
  private state: number = SIZE;
  private digits = 0;
  private extensionBytes = 0;
  private tokenBytes = 0;
  private readonly limits: HeadLimits;
  /** Trailer bytes of earlier reads. */
  private partial: Octets | undefined = undefined;

  constructor(framing: Framing, limits: HeadLimits) {
    this.chunked = framing === "chunked";
    this.left = typeof framing === "number" ? framing : framing === "close" ? Number.POSITIVE_INFINITY : 0;
    this.limits = limits;
  }

  /** True when everything was read. */
  get finished(): boolean {
    return this.chunked ? this.state === OVER : this.left === 0;
  }

  /** Looks at the bytes from `at` to `end` and tells the next piece. */
  next(bytes: Octets, at: number, end: number): number {
    if (this.chunked) return this.nextChunk(bytes, at, end);
    this.to = at;
    if (this.left === 0) return END;
    if (at === end) return MORE;
    this.from = at;
    this.to = Math.min(end, at + this.left);
    this.left -= this.to - at;
    return DATA;
  }

  private nextChunk(bytes: Octets, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const byte = bytes[at]!;
      switch (this.state) {
        case SIZE: {
          const digit = HEX[byte]!;
          if (digit !== 255) {
            // 16 digits hold any size; 2^53 is the bound of exact numbers.
            if (++this.digits > 16) return BAD;
            this.left = this.left * 16 + digit;
            if (this.left > Number.MAX_SAFE_INTEGER) return BAD;
          } else if (this.digits === 0) return BAD;
          else if (byte === CR) this.state = SIZE_LF;
          else if (byte === SEMICOLON) this.state = EXTENSION_NAME;
          else return BAD;
          at++;
          break;
        }
        case EXTENSION_NAME:
        case EXTENSION_VALUE:
        case QUOTED:
        case ESCAPED:
        case AFTER_QUOTED:
          if (++this.extensionBytes > MAX_EXTENSION_BYTES || !this.readExtension(byte)) return BAD;
          at++;
          break;
        case SIZE_LF:
          if (byte !== LF) return BAD;
          this.state = this.left === 0 ? TRAILERS : CHUNK;
          at++;
          break;
        case CHUNK:
          this.from = at;
          this.to = Math.min(end, at + this.left);
          this.left -= this.to - at;
          if (this.left === 0) this.state = CHUNK_CR;
          return DATA;
        case CHUNK_CR:
          if (byte !== CR) return BAD;
          this.state = CHUNK_LF;
          at++;
          break;
        case CHUNK_LF:
          if (byte !== LF) return BAD;
          this.state = SIZE;
          this.digits = 0;
          this.extensionBytes = 0;
          this.tokenBytes = 0;
          at++;
          break;
        case TRAILERS:
          return this.readTrailers(bytes, at, end);
        default:
          this.to = at;
          return END;
      }
    }
    this.to = at;
    return this.state === OVER ? END : MORE;
  }

  /** One byte of `;name`, `;name=token` or `;name="quoted"`. White space is legal there, and refused: it hides. */
  private readExtension(byte: number): boolean {
    switch (this.state) {
      case QUOTED:
        if (byte === BACKSLASH) this.state = ESCAPED;
        else if (byte === QUOTE) this.state = AFTER_QUOTED;
        return VALUE[byte] !== 0;
      case ESCAPED:
        this.state = QUOTED;
        return VALUE[byte] !== 0;
      case EXTENSION_VALUE:
        if (byte === QUOTE && this.tokenBytes === 0) {
          this.state = QUOTED;
          return true;
        }
        break;
    }
    if (TOKEN[byte] !== 0 && this.state !== AFTER_QUOTED) {
      this.tokenBytes++;
      return true;
    }
    if (this.tokenBytes === 0 && this.state !== AFTER_QUOTED) return false;
    if (byte === CR) this.state = SIZE_LF;
    else if (byte === SEMICOLON) this.state = EXTENSION_NAME;
    else if (byte === EQUALS && this.state === EXTENSION_NAME) this.state = EXTENSION_VALUE;
    else return false;
    this.tokenBytes = 0;
    return true;
  }

  private readTrailers(bytes: Octets, start: number, end: number): number {
    const held = this.partial?.length ?? 0;
    const all = this.partial === undefined ? bytes : joined(this.partial, bytes.subarray(start, end));
    const from = this.partial === undefined ? start : 0;
    const result = parseTrailers(all, from, this.partial === undefined ? end : all.length, this.limits);
    if (result === HEAD_MORE) {
      this.partial = this.partial === undefined ? joined(bytes.subarray(start, end), none) : all;
      this.to = end;
      return MORE;
    }
    if (typeof result === "number") return BAD;
    this.state = OVER;
    this.partial = undefined;
    const kept: string[] = [];
    for (let i = 0; i < result.length; i += 2)
      if (!FORBIDDEN.test(result[i]!)) kept.push(result[i]!, result[i + 1]!);
    this.trailers = kept.length === 0 ? undefined : kept;
    this.to = start + head.sizeBytes - held;
    return END;
  }
}

/** False when chunks that are already there are malformed, wherever they end. */
export function chunksHold(bytes: Octets, start: number, end: number, limits: HeadLimits): boolean {
  const reader = new BodyReader("chunked", limits);
  let at = start;
  for (;;) {
    const kind = reader.next(bytes, at, end);
    if (kind !== DATA) return kind !== BAD;
    at = reader.to;
  }
}
