import type { Exchange } from "../../pdk/index.ts";
import type { Config } from "./schema.ts";

const cookieValue = (field: string, name: string): string | undefined => {
  for (const pair of field.split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
};

/** Every token that a request brings, each one once. */
export const findTokens = ({ request }: Exchange, config: Config): Set<string> => {
  const found = new Set<string>();
  const { headers } = request;
  if (request.query !== undefined) {
    for (const name of config.uri_param_names ?? []) {
      const value = request.queryArguments.get(name);
      for (const one of Array.isArray(value) ? value : [value]) {
        if (typeof one === "string" && one !== "") found.add(one);
      }
    }
  }
  for (const name of config.cookie_names ?? []) {
    for (const field of headers.getAll("cookie")) {
      const value = cookieValue(field, name);
      if (value !== undefined && value !== "") found.add(value);
    }
  }
  for (const name of config.header_names ?? []) {
    const token = /[Bb]earer\s+(.+)/.exec(headers.get(name) ?? "")?.[1]?.trim();
    if (token !== undefined && token !== "") found.add(token);
  }
  return found;
};
