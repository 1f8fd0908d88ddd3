import type { DictValue } from "../../../core/index.ts";

/** What a value is, beside the column that holds it. */
export const kinds = { text: 0, number: 1, boolean: 2, bytes: 3, wide: 4, list: 5 } as const;

/** A value as SQLite keeps it. */
export interface Stored {
  readonly kind: number;
  readonly value: string | number | ArrayBuffer | null;
  readonly bytes: number;
}

/** UTF-8 has no halves of surrogate pairs: a text with one is kept in units of 16 bits. */
const wide = (text: string): ArrayBuffer => {
  const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return units.buffer;
};

const textOf = (buffer: ArrayBuffer): string => {
  let text = "";
  for (const unit of new Uint16Array(buffer)) text += String.fromCharCode(unit);
  return text;
};

export const store = (value: DictValue): Stored => {
  if (typeof value === "string") {
    const isWhole = value.isWellFormed();
    return {
      kind: isWhole ? kinds.text : kinds.wide,
      value: isWhole ? value : wide(value),
      bytes: 2 * value.length,
    };
  }
  if (typeof value === "number") return { kind: kinds.number, value, bytes: 8 };
  if (typeof value === "boolean") return { kind: kinds.boolean, value: value ? 1 : 0, bytes: 8 };
  return { kind: kinds.bytes, value: value.slice().buffer, bytes: value.byteLength };
};

/** @throws TypeError for a list. */
export const restore = ({ kind, value }: Pick<Stored, "kind" | "value">): DictValue => {
  switch (kind) {
    case kinds.text:
      return value as string;
    case kinds.number:
      // SQLite keeps NaN as null.
      return (value as number | null) ?? NaN;
    case kinds.boolean:
      return value === 1;
    case kinds.bytes:
      return new Uint8Array(value as ArrayBuffer);
    case kinds.wide:
      return textOf(value as ArrayBuffer);
    default:
      throw new TypeError("value is a list");
  }
};
