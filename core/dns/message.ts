import { decode, encode, type Packet, RECURSION_DESIRED } from "dns-packet";
import { ipVersion } from "../schema/address.ts";
import { canonical } from "./name.ts";

/** The types that are asked for. */
export type RecordType = "A" | "AAAA" | "SRV" | "CNAME";

interface OfName {
  /** In lower case, no final dot. */
  readonly name: string;
  readonly ttlMs: number;
}

export interface AddressRecord extends OfName {
  readonly type: "A" | "AAAA";
  readonly address: string;
}

export interface AliasRecord extends OfName {
  readonly type: "CNAME";
  readonly target: string;
}

/** @see RFC 2782 */
export interface ServiceRecord extends OfName {
  readonly type: "SRV";
  /** Empty: the service is decidedly not available here (`.`). */
  readonly target: string;
  readonly port: number;
  readonly weight: number;
  readonly priority: number;
}

export type DnsRecord = AddressRecord | AliasRecord | ServiceRecord;

/** What a server said. */
export interface DnsReply {
  readonly id: number;
  /** As it stands in the message: servers repeat the spelling. */
  readonly question: { readonly name: string; readonly type: string } | undefined;
  readonly isTruncated: boolean;
  /** `NOERROR`, `NXDOMAIN`… */
  readonly rcode: string;
  readonly records: readonly DnsRecord[];
  /** Milliseconds that "there is none" may be kept (RFC 2308 §5); undefined when the server does not say. */
  readonly negativeTtlMs: number | undefined;
}

/** RFC 2181 §8: the first bit set means 0. A week is the most that anybody should believe (RFC 8767 §4). */
const ttlMsOf = (seconds: number | undefined): number =>
  seconds === undefined || seconds > 0x7fffffff ? 0 : Math.min(seconds, 604_800) * 1000;

const recordOf = (
  type: string,
  name: string,
  ttl: number | undefined,
  data: unknown,
): DnsRecord | undefined => {
  const of = { name: canonical(name), ttlMs: ttlMsOf(ttl) };
  switch (type) {
    case "A":
    case "AAAA": {
      const address = String(data);
      return ipVersion(address) === (type === "A" ? 4 : 6) ? { ...of, type, address } : undefined;
    }
    case "CNAME":
      return { ...of, type, target: canonical(String(data)) };
    case "SRV": {
      const { target, port, weight, priority } = data as Record<"port" | "weight" | "priority", number> & {
        target: string;
      };
      return { ...of, type, target: canonical(target), port, weight, priority };
    }
    default:
      return undefined;
  }
};

/** The lower of the SOA record's own ttl and its last field. */
const negativeTtlMs = ({ authorities = [] }: Packet): number | undefined => {
  const soa = authorities.find(({ type }) => type === "SOA");
  if (soa === undefined) return undefined;
  return ttlMsOf(Math.min(soa.ttl ?? 0, (soa.data as { readonly minimum: number }).minimum));
};

// dns-packet reads with the methods of Node's Buffer, which core does not know: its own encoder hands one out.
const { constructor: packetBytes } = encode({}) as unknown as {
  readonly constructor: { from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array };
};

/** @throws Error for what is no DNS message. */
export const readReply = (message: Uint8Array): DnsReply | undefined => {
  const packet = decode(packetBytes.from(message.buffer, message.byteOffset, message.byteLength));
  if (packet.type !== "response") return undefined;
  const [question] = packet.questions ?? [];
  return {
    id: packet.id ?? 0,
    question,
    isTruncated: packet.flag_tc === true,
    rcode: packet.rcode ?? "NOERROR",
    records: (packet.answers ?? []).flatMap(
      ({ type, name, ttl, data }) => recordOf(type, name, ttl, data) ?? [],
    ),
    negativeTtlMs: negativeTtlMs(packet),
  };
};

/**
 * @param id 0 to 65535, hard to guess.
 * @param udpBytes The largest datagram that may come back (EDNS0); 0 for a query without extensions.
 */
export const writeQuery = (id: number, name: string, type: RecordType, udpBytes: number): Uint8Array =>
  encode({
    type: "query",
    id,
    flags: RECURSION_DESIRED,
    questions: [{ type, name }],
    ...(udpBytes > 0 && {
      additionals: [{ type: "OPT", name: ".", udpPayloadSize: udpBytes, flags: 0, options: [] }],
    }),
  });
