import type { Fetcher, FetcherRequest } from "../../ports/fetcher.ts";
import { type Credentials, expiryOf } from "./credentials.ts";

const timeoutMs = 30_000;
const maxBytes = 64 * 1024;

/** Names of AWS end otherwise in China. */
export const endpointOf = (service: string, region: string): string =>
  `${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;

/** A request of the security token service. */
export const stsRequest = (
  url: string,
  fields: Readonly<Record<string, string>>,
  proxyUrl: string | undefined,
): FetcherRequest => ({
  method: "POST",
  url,
  headers: [["content-type", "application/x-www-form-urlencoded; charset=utf-8"]],
  body: new URLSearchParams({ ...fields, Version: "2011-06-15" }).toString(),
  timeoutMs,
  proxyUrl,
});

/** The credentials in an answer of the security token service. @throws Error when there are none. */
export const askSts = async (fetcher: Fetcher, request: FetcherRequest): Promise<Credentials> => {
  const { status, body } = await fetcher.ask(request, maxBytes);
  const xml = new TextDecoder().decode(body);
  if (status !== 200) throw new Error(`STS answered ${status}: ${xml.slice(0, 500)}`);
  // Keys and tokens are base64: nothing in them is escaped.
  const element = (name: string): string => {
    const found = new RegExp(`<${name}>\\s*([^<\\s]+)\\s*</${name}>`).exec(xml)?.[1];
    if (found === undefined) throw new Error(`STS answered without ${name}`);
    return found;
  };
  return {
    accessKeyId: element("AccessKeyId"),
    secretAccessKey: element("SecretAccessKey"),
    sessionToken: element("SessionToken"),
    expiresAtMs: expiryOf(element("Expiration")),
  };
};
