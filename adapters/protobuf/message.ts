import type Protobuf from "protobufjs";
import { readTimestamp, timestampName } from "./timestamp.ts";

export type Fields = Readonly<Record<string, unknown>>;

const refuse = (field: Protobuf.Field, expected: string): never => {
  throw new TypeError(`${expected} expected for field '${field.name}'`);
};

// No type has more digits; BigInt takes 0.1 s for a million of them.
const integer = /^-?\d{1,20}$/;
const bits = (isUnsigned: boolean, count: number): readonly [bigint, bigint] =>
  isUnsigned ? [0n, 2n ** BigInt(count) - 1n] : [-(2n ** BigInt(count - 1)), 2n ** BigInt(count - 1) - 1n];
const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = Object.fromEntries(
  [
    "int32",
    "sint32",
    "sfixed32",
    "uint32",
    "fixed32",
    "int64",
    "sint64",
    "sfixed64",
    "uint64",
    "fixed64",
  ].map((type) => [type, bits(/^(?:u|f)/.test(type), Number(type.slice(-2)))]),
);

/** As text where the library needs one to keep all digits. */
const integerOf = (field: Protobuf.Field, [least, most]: readonly [bigint, bigint], value: unknown) => {
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (!integer.test(text)) return refuse(field, "an integer");
  const number = BigInt(text);
  if (number < least || number > most) return refuse(field, `an integer from ${least} to ${most}`);
  return field.long ? text : Number(number);
};

const falseTexts: ReadonlySet<unknown> = new Set([false, "false", "0", 0]);

const plainOf = (field: Protobuf.Field, value: unknown): unknown => {
  const range = ranges[field.type];
  if (range !== undefined) return integerOf(field, range, value);
  switch (field.type) {
    case "bool":
      return typeof value === "object" ? refuse(field, "a truth value") : !falseTexts.has(value);
    case "string":
      return typeof value === "string" ? value : refuse(field, "a text");
    case "bytes":
      return typeof value === "string" ? Buffer.from(value) : refuse(field, "a text");
    default: {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && !(Number.isNaN(number) && value !== "NaN")
        ? number
        : refuse(field, "a number");
    }
  }
};

export const isEnum = (type: Protobuf.Type | Protobuf.Enum): type is Protobuf.Enum => "valuesById" in type;

const enumOf = (field: Protobuf.Field, { values }: Protobuf.Enum, value: unknown): unknown => {
  if (typeof value === "string" && Object.hasOwn(values, value)) return values[value];
  return integerOf(field, ranges["int32"]!, value);
};

const valueOf = (field: Protobuf.Field, value: unknown): unknown => {
  const type = field.resolvedType;
  if (type === null) return plainOf(field, value);
  return isEnum(type) ? enumOf(field, type, value) : messageOf(type, value);
};

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** What the library encodes. @throws TypeError when a value is none of its field's. */
export const messageOf = (type: Protobuf.Type, value: unknown): Record<string, unknown> => {
  if (type.fullName === timestampName) return { ...readTimestamp(value) };
  const message: Record<string, unknown> = {};
  // Some languages write an empty object as an empty list.
  if (isEmptyList(value)) return message;
  if (!isFields(value)) throw new TypeError(`fields of ${type.fullName} expected`);
  for (const [name, given] of Object.entries(value)) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name]! : undefined;
    if (field === undefined) continue;
    if (field.map) {
      if (!isFields(given)) refuse(field, "an object");
      message[name] = Object.fromEntries(
        Object.entries(given as Fields).map(([key, one]) => [key, valueOf(field, one)]),
      );
    } else if (field.repeated) {
      message[name] = [given].flat(1).map((one) => valueOf(field, one));
    } else message[name] = valueOf(field, given);
  }
  return message;
};
