import { HeaderList } from "../../http/headers.ts";
import type { DictValue } from "../../ports/shareddict.ts";

/** A response that is kept. */
export interface Stored {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** When it was made, in milliseconds since the epoch: its age counts from here. */
  readonly bornAtMs: number;
  /** Seconds from then that it is fresh. */
  readonly freshSeconds: number;
}

/** What tells the requests apart that a response with Vary is for. */
export interface Variants {
  readonly vary: readonly string[];
}

/** Changes with the form below: what was kept in another form is passed over. */
const format = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A line of JSON about the response, then the body as it is. */
export const pack = (entry: Stored | Variants): Uint8Array => {
  if ("vary" in entry) return encoder.encode(`${JSON.stringify({ format, vary: entry.vary })}\n`);
  const { status, headers, bornAtMs, freshSeconds, body } = entry;
  const head = encoder.encode(
    `${JSON.stringify({ format, status, headers: headers.flat, bornAtMs, freshSeconds })}\n`,
  );
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
};

/** @returns Undefined for what was kept in another form. */
export const unpack = (value: DictValue | undefined): Stored | Variants | undefined => {
  if (!(value instanceof Uint8Array)) return undefined;
  const end = value.indexOf(10);
  if (end < 0) return undefined;
  const head = JSON.parse(decoder.decode(value.subarray(0, end))) as {
    format: number;
    status: number;
    headers: string[];
    bornAtMs: number;
    freshSeconds: number;
    vary?: string[];
  };
  if (head.format !== format) return undefined;
  if (head.vary !== undefined) return { vary: head.vary };
  const { status, headers, bornAtMs, freshSeconds } = head;
  return { status, headers: new HeaderList(headers), bornAtMs, freshSeconds, body: value.subarray(end + 1) };
};
