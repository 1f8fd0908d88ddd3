import { toBase64 } from "../../http/base64.ts";
import { Regex } from "../../http/regex.ts";
import { type Exchange, hostName } from "../../pdk/index.ts";
import { namedFields } from "../../http/namedfields.ts";
import { textValues } from "./fields.ts";
import type { Config } from "./schema.ts";

const utf8 = new TextDecoder();
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `23/Nov/2026:19:48:05 +0000` */
const logTime = (ms: number): string => {
  const iso = new Date(ms).toISOString();
  const month = months[Number(iso.slice(5, 7)) - 1]!;
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
};

/** The path of the route that the request matched, a regular expression without its mark. */
const resourceOf = ({ route, match }: Exchange): string | undefined => {
  if (match === undefined) return undefined;
  const matches = (path: string): boolean =>
    path.startsWith("~") ? new Regex(`^(?:${path.slice(1)})`).test(match.path) : match.path.startsWith(path);
  const found = (route?.paths ?? []).filter(matches).toSorted((a, b) => b.length - a.length)[0];
  return found?.startsWith("~") ? found.slice(1) : found;
};

/** The first value of each name, and all of them. */
const singleAndMulti = <V>(
  values: Readonly<Record<string, V | V[]>>,
): { single: Record<string, V>; multi: Record<string, V[]> } => {
  const lists = Object.entries(values).map(([name, value]) => [name, [value].flat() as V[]] as const);
  return {
    single: Object.fromEntries(lists.map(([name, [first]]) => [name, first!])),
    multi: Object.fromEntries(lists),
  };
};

/**
 * The request as API Gateway tells it to functions.
 *
 * @see API Gateway's payload format, version 1.0
 */
export const gatewayEvent = (
  exchange: Exchange,
  { base64_encode_body: isEncoded }: Config,
  body: Uint8Array | undefined,
): object => {
  const { request, match } = exchange;
  const headers = singleAndMulti(namedFields(request.headers));
  const query = singleAndMulti(Object.fromEntries(request.queryArguments));
  const path = (exchange.upstream?.path ?? match?.upstreamPath ?? request.rawPath).split("?", 1)[0]!;
  const domainName = hostName(request.host ?? "");
  return {
    version: "1.0",
    resource: resourceOf(exchange),
    path,
    httpMethod: request.method,
    headers: headers.single,
    multiValueHeaders: headers.multi,
    pathParameters: textValues(match?.captures?.named ?? {}),
    queryStringParameters: query.single,
    multiValueQueryStringParameters: query.multi,
    // Without a body the encoded one is empty, and an unencoded one absent.
    body: isEncoded ? toBase64(body ?? new Uint8Array()) : body && utf8.decode(body),
    isBase64Encoded: isEncoded === true,
    requestContext: {
      path,
      protocol: `HTTP/${request.httpVersion === "2" ? "2.0" : request.httpVersion}`,
      httpMethod: request.method,
      domainName,
      domainPrefix: domainName.split(".", 1)[0],
      identity: {
        sourceIp: request.connection.peerAddress,
        userAgent: headers.single["user-agent"],
      },
      requestId: exchange.id,
      requestTime: logTime(exchange.startedAtMs),
      requestTimeEpoch: exchange.startedAtMs,
      resourcePath: path,
    },
  };
};
