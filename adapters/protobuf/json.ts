import type Protobuf from "protobufjs";
import { type Fields, isEnum } from "./message.ts";
import { timestampName, writeTimestamp } from "./timestamp.ts";

/** JSON.rawJSON of ES2026, which the types don't know yet: a number with all of its digits. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const decoder = new TextDecoder();

const valueOf = (field: Protobuf.Field, value: unknown): unknown => {
  const type = field.resolvedType;
  if (type !== null) return isEnum(type) ? (type.valuesById[value as number] ?? value) : jsonOf(type, value);
  // Bytes are told as the text that they are.
  if (field.bytes) return decoder.decode(Uint8Array.from(value as Uint8Array));
  if (field.long) return rawJSON(String(value));
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
};

/** The library keeps keys of 64 bits as texts of eight bytes. */
const keyOf = (key: string, type: string): string => {
  if (!type.endsWith("64")) return key;
  const bytes = Buffer.from(key, "latin1");
  return String(type === "uint64" || type === "fixed64" ? bytes.readBigUInt64LE() : bytes.readBigInt64LE());
};

const mapOf = (field: MapField, map: Fields): Fields =>
  Object.fromEntries(
    Object.entries(map).map(([key, value]) => [keyOf(key, field.keyType), valueOf(field, value)]),
  );

type MapField = Protobuf.Field & { readonly keyType: string };

const isMap = (field: Protobuf.Field): field is MapField => field.map;

/**
 * A message as lua-protobuf tells it: names of the file, enumerations by name, defaults of proto3's plain fields, nothing for
 * empty lists and absent messages, and beside a field of a `oneof` the name of the field under that of the `oneof`.
 */
export const jsonOf = (type: Protobuf.Type, message: unknown): unknown => {
  const values = message as Fields;
  if (type.fullName === timestampName) return writeTimestamp(Number(values["seconds"]));
  const told: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const field of type.fieldsArray) {
    const { name, partOf } = field;
    const value = values[name];
    if (isMap(field)) {
      if (Object.keys(value as Fields).length > 0) told[name] = mapOf(field, value as Fields);
    } else if (field.repeated) {
      const list = value as readonly unknown[];
      if (list.length > 0) told[name] = list.map((one) => valueOf(field, one));
    } else if (Object.hasOwn(values, name) || (!field.hasPresence && value !== null)) {
      told[name] = valueOf(field, value);
      if (partOf !== null && !partOf.isProto3Optional) told[partOf.name] = name;
    }
  }
  return told;
};
