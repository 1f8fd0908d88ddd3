import { signIn } from "../authentication.ts";
import type { Exchange } from "../exchange.ts";
import type { ConsumerRow } from "../../entities/rows.ts";
import type { LogLevel } from "../../ports/logger.ts";
import type { Row } from "../../ports/directory.ts";
import type { ScriptFunctions as Bridge } from "../../ports/scripts.ts";
import type { PluginBinding, PluginHost } from "../plugin.ts";
import { logRecord } from "../record.ts";
import { bridged } from "./bridge.ts";
import { onResponseHeaders, setStatus } from "./pending.ts";
import { namedFields } from "../../http/namedfields.ts";
import { toByteString } from "../../http/utf8.ts";
import { bodyText, requestBridge, serviceBridge } from "./request.ts";

const levels = ["debug", "info", "notice", "warn", "err", "crit", "alert", "emerg"] as const;

const responseBridge = (exchange: Exchange): Bridge => {
  const { response } = exchange;
  const set = (name: string, value: unknown): void =>
    onResponseHeaders(exchange, (headers) => {
      headers.delete(name);
      for (const one of [value].flat()) headers.append(name, toByteString(String(one)));
    });
  const pairs = (headers: Readonly<Record<string, unknown>> | null | undefined): [string, string][] =>
    Object.entries(headers ?? {}).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, toByteString(String(one))]),
    );
  return {
    getStatus: () => response.status,
    getHeader: (name: string) => response.headers.text(name),
    getHeaders: (max?: number) => namedFields(response.headers, max),
    getSource: () => response.source,
    getRawBody: () => bodyText(exchange),
    setStatus: (status: number) => setStatus(exchange, status),
    setHeader: set,
    addHeader: (name: string, value: unknown) =>
      onResponseHeaders(exchange, (headers) => headers.append(name, toByteString(String(value)))),
    clearHeader: (name: string) => onResponseHeaders(exchange, (headers) => void headers.delete(name)),
    setHeaders(headers: Readonly<Record<string, unknown>>) {
      for (const [name, value] of Object.entries(headers)) set(name, value);
    },
    setRawBody(body: string | Uint8Array) {
      response.headers.delete("content-length");
      response.body = body;
    },
    exit: (
      status: number,
      body?: string | Uint8Array | object,
      headers?: Readonly<Record<string, unknown>>,
    ) => exchange.exit(status, body ?? undefined, pairs(headers)),
    error: (status: number, message?: string, headers?: Readonly<Record<string, unknown>>) =>
      exchange.error(status, message ?? undefined, pairs(headers)),
  };
};

const clientBridge = (exchange: Exchange, { directory }: PluginHost): Bridge => {
  const { request } = exchange;
  return {
    getIp: () => request.connection.peerAddress,
    getForwardedIp: () => request.peerAddress,
    getPort: () => request.connection.peerPort,
    getForwardedPort: () => request.peerPort,
    getCredential: () => exchange.credential,
    getConsumer: () => exchange.consumer,
    loadConsumer: async (id: string, byUsername = false) =>
      (await directory.find("consumers", "id", id)) ??
      (byUsername ? directory.find("consumers", "username", id) : undefined),
    authenticate: (consumer: ConsumerRow | null, credential: Row | null) =>
      signIn(exchange, consumer ?? undefined, credential ?? { id: "" }, credential?.id),
    getProtocol: () => exchange.route?.protocols?.[0] ?? request.scheme,
  };
};

/** `kong.log` and `kong.log.err`. */
const writers = ({ logger }: PluginHost, name: string, fields: { readonly requestId?: string }): Bridge => {
  const write =
    (level: LogLevel) =>
    (...parts: unknown[]): void =>
      logger.log(level, `[${name}] ${parts.map(String).join("")}`, fields);
  return {
    call: write("notice"),
    ...Object.fromEntries(levels.map((level) => [level, write(level === "err" ? "error" : level)])),
  };
};

const logBridge = (exchange: Exchange, host: PluginHost, name: string): Bridge => {
  const { clock } = host;
  return {
    ...writers(host, name, { requestId: exchange.id }),
    serialize: () => JSON.stringify(logRecord(exchange, clock.nowMs())),
    setSerializeValue: (field: string, value: unknown) => exchange.setLogValue(field, value),
  };
};

/** What can be asked without an exchange. */
const nodeBridge = ({ node, version, isTrusted }: PluginHost): Bridge => ({
  getVersion: () => version,
  ip: { isTrusted: (address: string) => isTrusted(address) },
  node: { getId: () => node.id, getHostname: () => node.hostname },
  cluster: { getId: () => undefined },
  nginx: { getSubsystem: () => "http" },
});

/** The functions of `kong` while a TLS client introduces itself. */
export const helloFunctions = (
  serverName: string | undefined,
  host: PluginHost,
  name: string,
  binding: PluginBinding,
): Bridge => ({
  ...nodeBridge(host),
  client: { tls: { getServerName: () => serverName } },
  log: writers(host, name, {}),
  plugin: { getId: () => binding.id },
});

/** The functions of `kong` for one exchange. */
export const kongFunctions = (
  exchange: Exchange,
  host: PluginHost,
  name: string,
  binding: PluginBinding,
): Bridge => {
  const own = Symbol.for(`kong.ctx.${binding.id}`);
  const mine = (): Map<string, unknown> => {
    const found =
      (exchange.shared.get(own) as Map<string, unknown> | undefined) ?? new Map<string, unknown>();
    exchange.shared.set(own, found);
    return found;
  };
  return {
    ...nodeBridge(host),
    request: requestBridge(exchange, host),
    service: serviceBridge(exchange, host),
    response: responseBridge(exchange),
    client: clientBridge(exchange, host),
    log: logBridge(exchange, host, name),
    ctx: {
      shared: {
        get: (key: string) => exchange.shared.get(key),
        set: (key: string, value: unknown) => void exchange.shared.set(key, value),
      },
      plugin: {
        get: (key: string) => mine().get(key),
        set: (key: string, value: unknown) => void mine().set(key, value),
      },
    },
    router: { getRoute: () => exchange.route, getService: () => exchange.service },
    plugin: { getId: () => binding.id },
  };
};

/** The `kong` of one exchange, as plugins of the npm package call it. */
export const kongOf = (...of: Parameters<typeof kongFunctions>): Record<string, unknown> =>
  bridged(kongFunctions(...of));
