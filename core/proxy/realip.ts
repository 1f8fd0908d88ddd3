import { parseAddress } from "../http/address.ts";
import { HeaderList } from "../http/headers.ts";
import type { ConnectionFacts } from "../ports/downstream.ts";
import type { IsTrusted } from "./forwarded.ts";

/** Where a trusted peer tells the client's address (`real_ip_header`, `real_ip_recursive`). */
export interface RealIp {
  /** Lower-case; `proxy_protocol` for what the connection itself told. */
  readonly header: string;
  /** Goes on past every trusted address of a list, to the first that is not; else takes the last one. */
  readonly isRecursive: boolean;
}

/** Without a port and brackets, as proxies write it; undefined when it is no address. */
const addressIn = (text: string): string | undefined => {
  const bare = text.trim().replace(/^\[(.*)\](?::\d+)?$/, "$1");
  const address = parseAddress(bare) === undefined ? bare.replace(/:\d+$/, "") : bare;
  return parseAddress(address) === undefined ? undefined : address;
};

/** The client's address: the peer's, or the one that a trusted peer tells. What is no address is not believed. */
export const clientAddress = (
  { peerAddress }: ConnectionFacts,
  headers: readonly string[],
  isTrusted: IsTrusted,
  { header, isRecursive }: RealIp,
): string => {
  if (!isTrusted(peerAddress)) return peerAddress;
  const told = new HeaderList(headers as string[]).getAll(header).join(",");
  if (told === "") return peerAddress;
  let client = peerAddress;
  for (const item of told.split(",").reverse()) {
    const address = addressIn(item);
    if (address === undefined) return client;
    client = address;
    if (!isRecursive || !isTrusted(address)) return client;
  }
  return client;
};
