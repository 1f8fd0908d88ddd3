import { type WriteStream, createWriteStream } from "node:fs";

/** A finished request, as the access log tells it. */
export interface AccessRecord {
  readonly remoteAddress: string;
  /** Undefined is told as `-`, here and below. */
  readonly remoteUser: string | undefined;
  /** Milliseconds since the epoch at which the request came in. */
  readonly receivedAtMs: number;
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly httpVersion: "1.0" | "1.1" | "2";
  readonly status: number;
  /** Without the head. */
  readonly bodyBytesSent: number;
  readonly referer: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string | undefined;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");

let second = Number.NaN;
let secondText = "";

/** `23/Nov/2026:10:05:00 +0000` in local time, made once a second. */
export function localTime(atMs: number): string {
  const at = Math.floor(atMs / 1_000);
  if (at === second) return secondText;
  const date = new Date(at * 1_000);
  const east = -date.getTimezoneOffset();
  const zone = `${east < 0 ? "-" : "+"}${two(Math.floor(Math.abs(east) / 60))}${two(Math.abs(east) % 60)}`;
  const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
  second = at;
  secondText = `${day}:${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
  return secondText;
}

/** What a client sends can't end a line or a quotation: as nginx, `\xXX` stands for what could. */
export function escapeText(text: string | undefined): string {
  if (text === undefined || text === "") return "-";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code > 126 || code === 34 || code === 92) return escapeAll(text);
  }
  return text;
}

function escapeAll(text: string): string {
  let safe = "";
  for (const byte of Buffer.from(text, /[^\0-\u00ff]/.test(text) ? "utf8" : "latin1")) {
    const plain = byte >= 32 && byte <= 126 && byte !== 34 && byte !== 92;
    safe += plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return safe;
}

/** `kong`: nginx's combined format with the request's id; `combined`: without; `json`: one object a line. */
export type AccessFormat = "kong" | "combined" | "json";

function jsonLine({ receivedAtMs, ...record }: AccessRecord): string {
  return `${JSON.stringify({ time: new Date(receivedAtMs).toISOString(), ...record })}\n`;
}

/** A record as one line. */
export function accessLine(record: AccessRecord, format: AccessFormat = "kong"): string {
  if (format === "json") return jsonLine(record);
  const { remoteAddress, remoteUser, receivedAtMs, method, target, httpVersion, status } = record;
  const id =
    format === "combined" || record.requestId === undefined ? "" : ` kong_request_id: "${record.requestId}"`;
  const request = escapeText(`${method} ${target} HTTP/${httpVersion === "2" ? "2.0" : httpVersion}`);
  return `${remoteAddress} - ${escapeText(remoteUser)} [${localTime(receivedAtMs)}] "${request}" ${status} ${record.bodyBytesSent} "${escapeText(record.referer)}" "${escapeText(record.userAgent)}"${id}\n`;
}

/**
 * A buffered access log. Lines are whole and appended, so several workers may write to one file. When the disk is
 * slower than the traffic, lines are dropped and counted, never the requests.
 */
export class AccessLog {
  /** Lines that could not be kept. */
  dropped = 0;
  private readonly file: string;
  private readonly maxHeldBytes: number;
  private stream: WriteStream;
  private held = "";
  private timer: NodeJS.Timeout | undefined = undefined;
  private readonly flushMs: number;
  private readonly format: AccessFormat;

  /**
   * @param options.flushMs Milliseconds that a line may be held. Default 1,000.
   * @param options.maxHeldBytes Bytes that may wait for the disk. Default 16 MiB.
   */
  constructor(
    file: string,
    options: { flushMs?: number; maxHeldBytes?: number; format?: AccessFormat } = {},
  ) {
    this.file = file;
    this.format = options.format ?? "kong";
    this.flushMs = options.flushMs ?? 1_000;
    this.maxHeldBytes = options.maxHeldBytes ?? 16 * 1_024 * 1_024;
    this.stream = this.open();
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.file, { flags: "a", mode: 0o644 });
    stream.on("error", () => {});
    return stream;
  }

  write(record: AccessRecord): void {
    if (this.stream.writableLength > this.maxHeldBytes || !this.stream.writable) {
      this.dropped++;
      return;
    }
    this.held += accessLine(record, this.format);
    if (this.held.length >= 65_536) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), this.flushMs).unref();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.held === "") return;
    this.stream.write(this.held, this.format === "json" ? "utf8" : "latin1");
    this.held = "";
  }

  /** Goes on in a new file of the same name, after the old one was moved away. */
  reopen(): void {
    this.flush();
    this.stream.end();
    this.stream = this.open();
  }

  /** Writes what is held and closes the file. Can be called again. */
  close(): Promise<void> {
    this.flush();
    const { stream } = this;
    return new Promise((resolve) => {
      if (stream.closed) return resolve();
      stream.once("close", () => resolve());
      stream.end();
    });
  }
}
