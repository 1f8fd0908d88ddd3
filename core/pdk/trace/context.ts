/** The ways that traces are told from hop to hop. */
export const formats = [
  "w3c",
  "b3",
  "b3-single",
  "jaeger",
  "ot",
  "aws",
  "datadog",
  "gcp",
  "instana",
] as const;
export type Format = (typeof formats)[number];

/** What a request tells of the trace that it belongs to. */
export interface Parent {
  /** How it was told. */
  readonly format: Format;
  /** Hexadecimal, as long as it came; undefined when only a decision came. */
  readonly traceId: string | undefined;
  /** 16 hexadecimal digits. */
  readonly spanId: string | undefined;
  /** Whether the trace is recorded; undefined when nobody decided. */
  readonly isSampled: boolean | undefined;
}

/** What is told to the upstream. */
export interface Current {
  /** Hexadecimal, 16 or 32 digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly isSampled: boolean;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A new identifier: 8 bytes for spans, 8 or 16 for traces; never all zeros. */
export const newId = (random: { fill(bytes: Uint8Array): void }, lengthBytes: number): string => {
  const bytes = new Uint8Array(lengthBytes);
  do random.fill(bytes);
  while (bytes.every((byte) => byte === 0));
  return hex(bytes);
};

/** The same identifier in another length: zeros are put before it, or its first digits are left out. */
export const resized = (id: string, digits: number): string => id.slice(-digits).padStart(digits, "0");

/** Hexadecimal of 64 bits as a decimal number, and back. */
export const toDecimal = (id: string): string => BigInt(`0x${id.slice(-16)}`).toString();
export const fromDecimal = (text: string): string | undefined => {
  if (!/^\d{1,20}$/.test(text)) return undefined;
  const value = BigInt(text);
  return value === 0n || value >= 1n << 64n ? undefined : value.toString(16).padStart(16, "0");
};

/** Whether an identifier is one: hexadecimal of one of the lengths, not all zeros. */
export const isId = (text: string | undefined, ...digits: number[]): text is string =>
  text !== undefined && digits.includes(text.length) && /^[0-9a-f]+$/i.test(text) && !/^0+$/.test(text);
