import { fromByteString } from "../../http/utf8.ts";
import type { Exchange } from "../../pdk/index.ts";
import type { Scope } from "../../pdk/lua/parser.ts";
import type { Table, Value } from "../../pdk/lua/value.ts";

const first = (value: string | true | (string | true)[] | undefined): Value =>
  Array.isArray(value) ? value[0] : value;

const textOf = (bytes: string | undefined): string | undefined =>
  bytes === undefined ? undefined : fromByteString(bytes);

/** Headers by name in any case, `_` for `-`; a repeated one tells its first value. */
const headersTable = (exchange: Exchange): Table => {
  const headers = exchange.request.headers.clone();
  return { get: (name) => headers.text(String(name)) ?? headers.text(String(name).replaceAll("_", "-")) };
};

const queryTable = (exchange: Exchange): Table => {
  const found = exchange.request.queryArguments;
  return { get: (name) => first(found.get(String(name))) };
};

const capturesTable = ({ match }: Exchange): Table => ({
  get(key) {
    const captures = match?.captures;
    if (captures === undefined) return undefined;
    if (typeof key === "number") return textOf(captures.unnamed[key - 1]);
    return Object.hasOwn(captures.named, key) ? textOf(captures.named[key]) : undefined;
  },
});

const sharedTable = ({ shared }: Exchange): Table => ({
  get(key) {
    const value = shared.get(key);
    return ["string", "number", "boolean"].includes(typeof value) ? (value as Value) : undefined;
  },
});

const tables: Readonly<Record<string, (exchange: Exchange) => Table>> = {
  headers: headersTable,
  query_params: queryTable,
  uri_captures: capturesTable,
  shared: sharedTable,
};

/** What templates see of an exchange: each table as it was when it was first read. */
export const scopeOf = (exchange: Exchange): Scope => {
  const read = new Map<string, Table>();
  return (name) => {
    if (!Object.hasOwn(tables, name)) return undefined;
    let table = read.get(name);
    if (table === undefined) read.set(name, (table = tables[name]!(exchange)));
    return table;
  };
};
