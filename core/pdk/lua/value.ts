/** What a template's expression works on: nil is undefined. */
export type Value = undefined | boolean | number | string | Table | Callable;
export type Callable = (...values: Value[]) => Value;

/** Something to look names up in; it can't be changed. */
export interface Table {
  get(key: string | number): Value;
}

const typeOf = (value: Value): string => {
  if (value === undefined) return "nil";
  return typeof value === "object" ? "table" : typeof value;
};

/** A failure at request time, as Lua would raise it. */
const raise = (what: string, value: Value): never => {
  throw new TypeError(`attempt to ${what} a ${typeOf(value)} value`);
};

export const isTrue = (value: Value): boolean => value !== undefined && value !== false;

const position = (at: number, length: number): number => (at < 0 ? Math.max(length + at + 1, 0) : at);

const asInteger = (value: Value, fallback: number): number =>
  value === undefined ? fallback : Number(value);

/** Methods of texts. Those that take Lua patterns are left out. */
const methods: Readonly<Record<string, (text: string, ...values: Value[]) => Value>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  len: (text) => text.length,
  reverse: (text) => text.split("").reverse().join(""),
  rep: (text, times) =>
    text.length * asInteger(times, 0) > 65_536
      ? raise("repeat", text)
      : text.repeat(Math.max(0, asInteger(times, 0))),
  sub(text, from, to) {
    const start = Math.max(1, position(asInteger(from, 1), text.length));
    const end = Math.min(text.length, position(asInteger(to, -1), text.length));
    return start > end ? "" : text.slice(start - 1, end);
  },
  byte: (text, at) => {
    const code = text.charCodeAt(position(asInteger(at, 1), text.length) - 1);
    return Number.isNaN(code) ? undefined : code;
  },
};

export const knownMethods: ReadonlySet<string> = new Set(Object.keys(methods));

export const index = (value: Value, key: Value): Value => {
  if (typeof value === "object")
    return typeof key === "string" || typeof key === "number" ? value.get(key) : undefined;
  if (typeof value === "string") return undefined;
  return raise("index", value);
};

export const callMethod = (value: Value, name: string, values: Value[]): Value => {
  if (typeof value === "string") return methods[name]!(value, ...values);
  if (typeof value === "object") return call(value.get(name), [value, ...values]);
  return raise("index", value);
};

export const call = (value: Value, values: Value[]): Value =>
  typeof value === "function" ? value(...values) : raise("call", value);

const toNumber = (value: Value): number => {
  if (typeof value === "number") return value;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? raise("perform arithmetic on", value) : number;
};

const joinable = (value: Value): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : raise("concatenate", value);

const compare = (a: Value, b: Value): number => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  return raise("compare", a);
};

export const binary: Readonly<Record<string, (a: Value, b: Value) => Value>> = {
  "==": (a, b) => a === b,
  "~=": (a, b) => a !== b,
  "<": (a, b) => compare(a, b) < 0,
  ">": (a, b) => compare(a, b) > 0,
  "<=": (a, b) => compare(a, b) <= 0,
  ">=": (a, b) => compare(a, b) >= 0,
  "..": (a, b) => joinable(a) + joinable(b),
  "+": (a, b) => toNumber(a) + toNumber(b),
  "-": (a, b) => toNumber(a) - toNumber(b),
  "*": (a, b) => toNumber(a) * toNumber(b),
  "/": (a, b) => toNumber(a) / toNumber(b),
  "%": (a, b) => toNumber(a) - Math.floor(toNumber(a) / toNumber(b)) * toNumber(b),
  "^": (a, b) => toNumber(a) ** toNumber(b),
};

export const unary: Readonly<Record<string, (value: Value) => Value>> = {
  not: (value) => !isTrue(value),
  "-": (value) => -toNumber(value),
  "#": (value) => (typeof value === "string" ? value.length : raise("get length of", value)),
};

/** The functions that an expression may call. */
export const functions: Readonly<Record<string, Callable>> = { type: (value) => typeOf(value) };
