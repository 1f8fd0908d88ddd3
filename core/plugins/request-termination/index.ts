import { defaultWorkspaceId } from "../../entities/index.ts";
import {
  definePlugin,
  type Exchange,
  hostName,
  parseForm,
  type PluginHost,
  whenReady,
} from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

const defaultMessages: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  404: "Not found",
  405: "Method not allowed",
  500: "An unexpected error occurred",
  502: "Bad Gateway",
  503: "Service unavailable",
};

/** Answers requests by itself: maintenance pages, blocked consumers, debugging. */
export const requestTermination = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const { status_code: status, body, trigger } = config;
    const headers: [string, string][] =
      config.content_type === null ? [] : [["Content-Type", config.content_type]];
    const message = config.message ?? defaultMessages[status];
    return {
      access(exchange) {
        const { request } = exchange;
        if (trigger !== null && !request.headers.has(trigger) && !request.queryArguments.has(trigger)) {
          return undefined;
        }
        if (config.echo) {
          return whenReady(request.readBody(), (bytes) => {
            exchange.exit(status, describe(exchange, message, bytes, host));
          });
        }
        if (body !== null) exchange.exit(status, body, headers);
        else exchange.exit(status, message === undefined ? undefined : { message });
        return undefined;
      },
    };
  },
});

const decoder = new TextDecoder();

const told = (row: object): object => ({
  ws_id: defaultWorkspaceId,
  ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
});

/** What is known about a request, for `echo`. */
const describe = (
  exchange: Exchange,
  message: string | undefined,
  bytes: Uint8Array,
  host: PluginHost,
): object => {
  const { request, match } = exchange;
  const headers: Record<string, string | string[]> = {};
  for (const [name] of request.headers) {
    const values = request.headers.getAll(name);
    headers[name.toLowerCase()] = values.length > 1 ? values : values[0]!;
  }
  const rawBody = decoder.decode(bytes);
  const isForm = parseForm(bytes, request.headers.get("content-type")) !== undefined;
  return {
    ...(message !== undefined && { message }),
    kong: { node_id: host.node.id, worker_pid: host.node.pid, hostname: host.node.hostname },
    request: {
      scheme: request.scheme,
      host: hostName(request.host ?? ""),
      port: request.localPort,
      headers,
      query: Object.fromEntries(request.queryArguments),
      ...(isForm && { body: rawBody }),
      raw_body: rawBody,
      method: request.method,
      path: request.rawPath,
      uri_captures: { unnamed: match?.captures?.unnamed ?? [], named: match?.captures?.named ?? {} },
    },
    ...(exchange.route && { matched_route: told(exchange.route) }),
    ...(exchange.service && { matched_service: told(exchange.service) }),
  };
};
