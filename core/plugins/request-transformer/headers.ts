import { toByteString } from "../../http/utf8.ts";
import type { Exchange } from "../../pdk/index.ts";
import type { Scope } from "../../pdk/lua/parser.ts";
import type { Steps } from "./steps.ts";

const isHost = (name: string): boolean => name.toLowerCase() === "host";

/** Remove, rename, replace, add, append, in this order. Host can only be replaced. */
export const transformHeaders = (steps: Steps, exchange: Exchange, scope: Scope): void => {
  const { headers } = exchange.request;
  for (const name of steps.removed) if (!isHost(name)) headers.delete(name);
  for (const [from, to] of steps.renamed) {
    const values = headers.getAll(from);
    if (values.length === 0 || isHost(from)) continue;
    headers.delete(from);
    headers.delete(to);
    for (const value of values) headers.append(to, value);
  }
  for (const [name, template] of steps.replaced) {
    const value = clean(template(scope));
    if (isHost(name)) {
      if (exchange.upstream !== undefined) exchange.upstream.hostHeader = value;
    } else if (headers.has(name)) headers.set(name, value);
  }
  for (const [name, template] of steps.added) {
    const value = clean(template(scope));
    if (!isHost(name)) headers.setIfAbsent(name, value);
  }
  for (const [name, template] of steps.appended) {
    const value = clean(template(scope));
    if (!isHost(name)) headers.append(name, value);
  }
};

// A template's value may hold what a client sent percent-encoded: a line break would begin another header.
const clean = (value: string): string => toByteString(value.replace(/[\r\n\0]+/g, " ").trim());
