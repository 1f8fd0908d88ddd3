import { parseListeners } from "./listeners.ts";
import { properties, type PropertyName } from "./properties.ts";
import type { Property } from "./property.ts";

/** Stands for a secret. */
const hidden = "******";

/** What a listener looks like in `GET /`: its flags are keys of their own. */
const listener = (text: string): Record<string, unknown> => {
  const [{ host, port, ssl, http2, proxyProtocol, reusePort, backlog } = {} as never] = parseListeners(
    text,
  ) as Exclude<ReturnType<typeof parseListeners>, string>;
  return {
    ip: host.includes(":") ? `[${host}]` : host,
    port,
    ssl,
    http2,
    proxy_protocol: proxyProtocol,
    reuseport: reusePort,
    deferred: /\sdeferred\b/.test(text),
    bind: /\sbind\b/.test(text),
    ...(backlog !== undefined && { [`backlog=${backlog}`]: true }),
    listener: text,
  };
};

const list = (text: string): string[] => text.split(",").flatMap((item) => item.trim() || []);

const valueOf = (text: string, { type }: Property): unknown => {
  if (type === "boolean") return text === "on" || text === "true";
  if (type === "integer" || type === "number") return Number(text);
  return type === "list" || type === "listeners" ? list(text) : text;
};

/** A configuration as `GET /` tells it: values of their types, listeners taken apart, no secret, nothing empty. */
export const shownConf = (texts: Readonly<Record<PropertyName, string>>): Record<string, unknown> => {
  const shown: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties) as [PropertyName, Property][]) {
    const text = texts[name];
    if (text === "") continue;
    shown[name] = property.isSecret === true ? hidden : valueOf(text, property);
    if (property.type !== "listeners") continue;
    shown[`${name}ers`] = text === "off" ? [] : list(text).map(listener);
  }
  return shown;
};
