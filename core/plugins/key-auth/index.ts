import {
  definePlugin,
  type Exchange,
  type PluginHost,
  type Row,
  type Form,
  parseForm,
  signIn,
  signInAnonymous,
  whenReady,
} from "../../pdk/index.ts";
import { withoutArgument } from "../../http/query.ts";
import { fromByteString, toByteString } from "../../http/utf8.ts";
import { type Config, schema } from "./schema.ts";

type Found = { key: string } | "none" | "duplicate";

/** Asks clients for a key, and tells the upstream whose it is. */
export const keyAuth = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const challenge = config.realm === null ? "Key" : `Key realm="${toByteString(config.realm)}"`;

    const refuse = (exchange: Exchange, message: string): void | Promise<void> => {
      if (config.anonymous !== null) return signInAnonymous(exchange, host.directory, config.anonymous);
      exchange.error(401, message, [["WWW-Authenticate", challenge]]);
    };

    const check = (exchange: Exchange, found: Found): void | Promise<void> => {
      if (found === "duplicate") return refuse(exchange, "Duplicate API key found");
      if (found === "none" || found.key === "") return refuse(exchange, "No API key found in request");
      return whenReady(host.directory.find("keyauth_credentials", "key", found.key), (credential) =>
        credential === undefined ? refuse(exchange, "Unauthorized") : accept(exchange, credential, host),
      );
    };

    return {
      access(exchange) {
        if (!config.run_on_preflight && exchange.request.method === "OPTIONS") return undefined;
        // Another plugin may have found out already: one success is enough where anonymous clients are allowed.
        if (config.anonymous !== null && exchange.credential !== undefined) return undefined;
        if (!config.key_in_body) return check(exchange, findKey(exchange, config, undefined));
        return whenReady(exchange.request.readBody(), (bytes) => {
          const form = parseForm(bytes, exchange.request.headers.get("content-type"));
          return check(exchange, findKey(exchange, config, form));
        });
      },
    };
  },
});

const accept = (exchange: Exchange, credential: Row, host: PluginHost): void | Promise<void> => {
  const { id } = credential["consumer"] as { id: string };
  return whenReady(host.directory.find("consumers", "id", id), (consumer) =>
    signIn(exchange, consumer, credential, credential.id),
  );
};

/** Judges what stands under a name: a text ends the search, several are refused, anything else is passed over. */
const judge = (value: unknown): Found | undefined => {
  if (typeof value === "string") return { key: value };
  return typeof value === "object" && value !== null ? "duplicate" : undefined;
};

/** Tries each name as a header, in the query, in the body. */
const findKey = (exchange: Exchange, config: Config, form: Form | undefined): Found => {
  const { request } = exchange;
  for (const name of config.key_names) {
    let found: Found | undefined;
    if (config.key_in_header) {
      const values = request.headers.getAll(name).map(fromByteString);
      if (values.length > 0) found = judge(values.length === 1 ? values[0] : values);
    }
    if (found === undefined && config.key_in_query && request.query !== undefined) {
      found = judge(request.queryArguments.get(name));
    }
    found ??= judge(form?.get(name));
    if (found === undefined) continue;
    if (typeof found === "object" && config.hide_credentials) hide(exchange, name, form);
    return found;
  }
  return "none";
};

const hide = ({ request }: Exchange, name: string, form: Form | undefined): void => {
  request.headers.delete(name);
  if (request.query !== undefined) {
    const rest = withoutArgument(request.query, name);
    request.query = rest === "" ? undefined : rest;
  }
  if (form?.get(name) !== undefined) request.setBody(form.without(name));
};
