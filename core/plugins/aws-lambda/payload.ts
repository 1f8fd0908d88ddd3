import { toBase64 } from "../../http/base64.ts";
import type { Exchange, PluginHost } from "../../pdk/index.ts";
import { argumentsIn, type BodyArguments, bodyOf, holdsArguments } from "./body.ts";
import { namedFields } from "../../http/namedfields.ts";
import { gatewayEvent } from "./gatewayevent.ts";
import type { Config } from "./schema.ts";

/** Types of texts, as they stand in the field: with parameters they are others. */
const textTypes = new Set(["text/plain", "text/html", "application/xml", "text/xml", "application/soap+xml"]);

const utf8 = new TextDecoder();

/** The parts of the request that are asked for. */
const partsOf = (
  { request }: Exchange,
  config: Config,
  body: Uint8Array | undefined,
): Record<string, unknown> => {
  const parts: Record<string, unknown> = {};
  if (config.forward_request_method) parts["request_method"] = request.method;
  if (config.forward_request_headers) parts["request_headers"] = namedFields(request.headers);
  if (config.forward_request_uri) {
    parts["request_uri"] = request.target;
    parts["request_uri_args"] = Object.fromEntries(request.queryArguments);
  }
  if (!config.forward_request_body) return parts;
  const type = request.headers.get("content-type");
  const isUnknown = !holdsArguments(type);
  if (isUnknown && !textTypes.has(type ?? "") && config.base64_encode_body) {
    parts["request_body"] = toBase64(body ?? new Uint8Array());
    parts["request_body_base64"] = true;
  } else if (body !== undefined) {
    parts["request_body"] = utf8.decode(body);
  }
  parts["request_body_args"] = isUnknown ? {} : argumentsIn(body, type);
  return parts;
};

const isList = (values: BodyArguments): values is readonly unknown[] => Array.isArray(values);

/** The query and the body's values in one; those of the body go before. A list's are called by their places, from 1. */
const merged = ({ request }: Exchange, values: BodyArguments = {}): BodyArguments => {
  const query = Object.fromEntries(request.queryArguments);
  if (!isList(values)) return { ...query, ...values };
  if (Object.keys(query).length === 0 && values.length > 0) return values;
  return { ...query, ...Object.fromEntries(values.map((value, i) => [String(i + 1), value])) };
};

/** What the function gets, as JSON. */
export const payloadOf = async (
  exchange: Exchange,
  config: Config,
  host: Pick<PluginHost, "logger" | "heldBodyBytes">,
): Promise<string> => {
  if (config.awsgateway_compatible)
    return JSON.stringify(gatewayEvent(exchange, config, await bodyOf(exchange, config, host)));
  const asksForParts =
    config.forward_request_method === true ||
    config.forward_request_headers === true ||
    config.forward_request_uri === true;
  if (asksForParts || config.forward_request_body) {
    const body = config.forward_request_body ? await bodyOf(exchange, config, host) : undefined;
    return JSON.stringify(partsOf(exchange, config, body));
  }
  const type = exchange.request.headers.get("content-type");
  const body = holdsArguments(type) ? await bodyOf(exchange, config, host) : undefined;
  return JSON.stringify(merged(exchange, argumentsIn(body, type)));
};
