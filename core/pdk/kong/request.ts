import { formatArguments, parseArguments, withoutArgument } from "../../http/query.ts";
import { namedFields } from "../../http/namedfields.ts";
import { fromByteString, toByteString } from "../../http/utf8.ts";
import type { Exchange, UpstreamTarget } from "../exchange.ts";
import type { PluginHost } from "../plugin.ts";
import { hostName } from "../request.ts";
import type { ScriptFunctions as Bridge } from "../../ports/scripts.ts";

type Values = Readonly<Record<string, unknown>>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? decoder.decode(value) : String(value);

const bodyValues = (text: string, type: string): Values => {
  const [essence = ""] = type.split(";");
  if (essence === "") throw new Error("missing content type");
  if (/^application\/(?:[\w.-]+\+)?json$/i.test(essence.trim())) return JSON.parse(text) as Values;
  if (!/^application\/x-www-form-urlencoded$/i.test(essence.trim()))
    throw new Error(`unsupported content type '${type}'`);
  return Object.fromEntries(parseArguments(text)) as Values;
};

/** `kong.request` */
export const requestBridge = (exchange: Exchange, { isTrusted }: PluginHost): Bridge => {
  const { request } = exchange;
  const forwarded = (name: string): string | undefined =>
    isTrusted(request.connection.peerAddress)
      ? request.headers.get(name)?.split(",", 1)[0]!.trim()
      : undefined;
  const host = (): string => hostName(request.host ?? "");
  const rawBody = async (): Promise<string> => decoder.decode(await request.readBody());
  return {
    getScheme: () => request.scheme,
    getHost: host,
    getPort: () => request.localPort,
    getForwardedScheme: () => forwarded("x-forwarded-proto")?.toLowerCase() ?? request.scheme,
    getForwardedHost: () => hostName(forwarded("x-forwarded-host") ?? host()),
    getForwardedPort: () => Number(forwarded("x-forwarded-port") ?? request.localPort),
    getForwardedPath: () => fromByteString(forwarded("x-forwarded-path") ?? request.rawPath),
    getForwardedPrefix: () => forwarded("x-forwarded-prefix") ?? exchange.prefix,
    getHttpVersion: () => Number(request.httpVersion),
    getMethod: () => request.method,
    getPath: () => fromByteString(exchange.match?.path ?? request.rawPath),
    getRawPath: () => fromByteString(request.rawPath),
    getPathWithQuery: () => fromByteString(request.target),
    getRawQuery: () => request.query ?? "",
    getQueryArg: (name: string) => [request.queryArguments.get(name)].flat()[0],
    getQuery: () => Object.fromEntries(request.queryArguments),
    getHeader: (name: string) => request.headers.text(name),
    getHeaders: (max?: number) => namedFields(request.headers, max),
    getRawBody: rawBody,
    getBody: async (type?: string) =>
      bodyValues(await rawBody(), type ?? request.headers.get("content-type") ?? ""),
    getStartTime: () => exchange.startedAtMs,
    getUriCaptures() {
      const { unnamed, named } = exchange.match?.captures ?? { unnamed: [], named: {} };
      const text = (bytes: string | undefined): string | undefined => bytes && fromByteString(bytes);
      return {
        unnamed: unnamed.map(text),
        named: Object.fromEntries(Object.entries(named).map(([name, value]) => [name, text(value)])),
      };
    },
  };
};

const methods = new Set(
  "GET HEAD PUT POST DELETE OPTIONS MKCOL COPY MOVE PROPFIND PROPPATCH LOCK UNLOCK PATCH TRACE".split(" "),
);

/** @throws TypeError What plugins pass may come from anywhere: it never ends a line or a request. */
const checked = <T>(value: T, isFine: boolean, what: string): T => {
  if (!isFine) throw new TypeError(`invalid ${what}`);
  return value;
};

const isWhole = (value: number, from: number, to: number): boolean =>
  Number.isInteger(value) && value >= from && value <= to;

const target = ({ upstream }: Exchange): UpstreamTarget => {
  if (upstream === undefined) throw new Error("there is no upstream yet");
  return upstream;
};

/** `kong.service` */
export const serviceBridge = (exchange: Exchange, { directory }: PluginHost): Bridge => {
  const { request } = exchange;
  const setHeader = (name: string, value: unknown): void => {
    const lower = name.toLowerCase();
    if (lower === "host" || lower === ":authority") target(exchange).hostHeader = toByteString(textOf(value));
    else request.headers.delete(name);
    if (lower !== "host")
      for (const one of [value].flat()) request.headers.append(name, toByteString(textOf(one)));
  };
  const setRawBody = (body: unknown): void =>
    request.setBody(body instanceof Uint8Array ? body : encoder.encode(String(body)));
  return {
    async setUpstream(name: string) {
      if ((await directory.find("upstreams", "name", name)) === undefined)
        throw new Error(`could not find an Upstream named '${name}'`);
      target(exchange).host = name;
    },
    setTarget(host: string, port: number) {
      checked(host, typeof host === "string" && /^[\w.:[\]-]+$/.test(host), "host");
      checked(port, isWhole(port, 0, 65_535), "port");
      Object.assign(target(exchange), { host, port, hostHeader: undefined });
    },
    setRetries: (retries: number) =>
      void (target(exchange).retries = checked(retries, isWhole(retries, 0, 32_767), "retries")),
    setTimeouts(connectTimeoutMs: number, writeTimeoutMs: number, readTimeoutMs: number) {
      for (const ms of [connectTimeoutMs, writeTimeoutMs, readTimeoutMs])
        checked(ms, isWhole(ms, 1, 2 ** 31 - 2), "timeout");
      Object.assign(target(exchange), { connectTimeoutMs, writeTimeoutMs, readTimeoutMs });
    },
    request: {
      enableBuffering: () => undefined,
      setScheme: (scheme: string) =>
        void (target(exchange).scheme = checked(scheme, scheme === "http" || scheme === "https", "scheme")),
      setPath(path: string) {
        if (!path.startsWith("/")) throw new Error("path must start with /");
        target(exchange).path = path.replace(/[^\w\-.~!$&'()*+,;=:@/%]/g, (char) => encodeURIComponent(char));
      },
      setRawQuery: (query: string) =>
        void (request.query =
          query === "" ? undefined : query.replace(/[^\x21-\x7e]/g, (char) => encodeURIComponent(char))),
      setQuery(values: Readonly<Record<string, string | true | (string | true)[]>>) {
        const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
        request.query = formatArguments(sorted);
      },
      clearQueryArg(name: string) {
        if (request.query !== undefined) request.query = withoutArgument(request.query, name) || undefined;
      },
      setMethod: (method: string) => void (request.method = checked(method, methods.has(method), "method")),
      setHeader,
      addHeader: (name: string, value: unknown) => request.headers.append(name, toByteString(textOf(value))),
      clearHeader: (name: string) => void request.headers.delete(name),
      setHeaders(headers: Values) {
        for (const [name, value] of Object.entries(headers)) setHeader(name, value);
      },
      setRawBody,
      setBody(values: Values, type = request.headers.get("content-type") ?? "application/json") {
        const isForm = type.startsWith("application/x-www-form-urlencoded");
        if (!isForm && !type.includes("json")) throw new Error(`unsupported content type '${type}'`);
        setRawBody(
          isForm ? formatArguments(Object.entries(values) as [string, string][]) : JSON.stringify(values),
        );
        request.headers.set("Content-Type", type);
      },
    },
    response: {
      getStatus: () => (exchange.response.source === "service" ? exchange.response.status : undefined),
      getHeader: (name: string) => exchange.response.headers.text(name),
      getHeaders: (max?: number) => namedFields(exchange.response.headers, max),
      getRawBody: () => bodyText(exchange),
      getBody: () => bodyValues(bodyText(exchange), exchange.response.headers.get("content-type") ?? ""),
    },
  };
};

/** The body, where the response is held whole: in the phase `response`. */
export const bodyText = ({ response: { body } }: Exchange): string => {
  if (body === undefined || typeof body === "string") return body ?? "";
  if (body instanceof Uint8Array) return decoder.decode(body);
  throw new Error("the body is not held: only the phase `response` has it");
};
