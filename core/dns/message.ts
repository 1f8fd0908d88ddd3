import { canonical } from "./name.ts";
import { nameBytes, uint16Bytes, v6Text, WireReader } from "./wire.ts";

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
  /** `NOERROR`, `NXDOMAIN`…; `RCODE<n>` for one that has no meaning here. */
  readonly rcode: string;
  readonly records: readonly DnsRecord[];
  /** Milliseconds that "there is none" may be kept (RFC 2308 §5); undefined when the server does not say. */
  readonly negativeTtlMs: number | undefined;
}

/** RFC 2181 §8: the first bit set means 0. A week is the most that anybody should believe (RFC 8767 §4). */
const ttlMsOf = (seconds: number): number => (seconds > 0x7fffffff ? 0 : Math.min(seconds, 604_800) * 1000);

const types: Readonly<Record<RecordType, number>> = { A: 1, CNAME: 5, AAAA: 28, SRV: 33 };
const typeNames = new Map(Object.entries(types).map(([name, number]) => [number, name as RecordType]));
const soaType = 6;
const internetClass = 1;

const responseCodes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

// Bits of a header's second word. @see RFC 1035 §4.1.1
const isResponse = 0x8000;
const truncated = 0x0200;
const recursionDesired = 0x0100;

interface Raw {
  readonly name: string;
  readonly type: number;
  readonly ttl: number;
  /** Where its data begins and ends. */
  readonly start: number;
  readonly end: number;
}

const rawRecord = (reader: WireReader): Raw => {
  const name = reader.name();
  const type = reader.uint16();
  reader.uint16();
  const ttl = reader.uint32();
  const length = reader.uint16();
  const start = reader.at;
  reader.take(length);
  return { name, type, ttl, start, end: reader.at };
};

/** A record of a type that is asked for; undefined for another one. @throws RangeError when its data does not fit. */
const recordOf = (reader: WireReader, { name, type, ttl, start, end }: Raw): DnsRecord | undefined => {
  const known = typeNames.get(type);
  if (known === undefined) return undefined;
  const of = { name: canonical(name), ttlMs: ttlMsOf(ttl) };
  const fits = <T>(value: T): T => {
    if (reader.at !== end)
      throw new RangeError(`the data of a DNS record of type ${known} has a wrong length`);
    return value;
  };
  reader.at = start;
  switch (known) {
    case "A":
      return { ...of, type: known, address: fits(reader.take(4)).join(".") };
    case "AAAA":
      return { ...of, type: known, address: v6Text(fits(reader.take(16))) };
    case "CNAME":
      return { ...of, type: known, target: canonical(fits(reader.name())) };
    case "SRV": {
      const [priority, weight, port] = [reader.uint16(), reader.uint16(), reader.uint16()];
      return { ...of, type: known, target: canonical(fits(reader.name())), port, weight, priority };
    }
  }
};

/** The lower of the SOA record's own ttl and its last field. */
const negativeTtlOf = (reader: WireReader, { ttl, start, end }: Raw): number => {
  reader.at = start;
  reader.name();
  reader.name();
  reader.take(16);
  const minimum = reader.uint32();
  if (reader.at !== end) throw new RangeError("the data of a DNS record of type SOA has a wrong length");
  return ttlMsOf(Math.min(ttl, minimum));
};

/** @returns Undefined for a query. @throws RangeError for what is no DNS message. */
export const readReply = (message: Uint8Array): DnsReply | undefined => {
  const reader = new WireReader(message);
  const id = reader.uint16();
  const flags = reader.uint16();
  if ((flags & isResponse) === 0) return undefined;
  const [questions, answers, authorities, additionals] = [
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
  ];
  let question: DnsReply["question"];
  for (let i = 0; i < questions; i++) {
    const name = reader.name();
    const type = reader.uint16();
    reader.uint16();
    question ??= { name, type: typeNames.get(type) ?? `TYPE${type}` };
  }
  const list = (count: number): Raw[] => Array.from({ length: count }, () => rawRecord(reader));
  const answered = list(answers);
  const soa = list(authorities).find(({ type }) => type === soaType);
  list(additionals);
  const code = flags & 0xf;
  return {
    id,
    question,
    isTruncated: (flags & truncated) !== 0,
    rcode: responseCodes[code] ?? `RCODE${code}`,
    records: answered.flatMap((raw) => recordOf(reader, raw) ?? []),
    negativeTtlMs: soa && negativeTtlOf(reader, soa),
  };
};

/** An OPT record without options. @see RFC 6891 §6.1.2 */
const extensions = (udpBytes: number): number[] => [0, 0, 41, ...uint16Bytes(udpBytes), 0, 0, 0, 0, 0, 0];

/**
 * @param id 0 to 65535, hard to guess.
 * @param name Checked by `isName`.
 * @param udpBytes The largest datagram that may come back (EDNS0); 0 for a query without extensions.
 */
export const writeQuery = (id: number, name: string, type: RecordType, udpBytes: number): Uint8Array =>
  Uint8Array.from([
    ...uint16Bytes(id),
    ...uint16Bytes(recursionDesired),
    ...[0, 1, 0, 0, 0, 0, 0, udpBytes > 0 ? 1 : 0],
    ...nameBytes(name),
    ...uint16Bytes(types[type]),
    ...uint16Bytes(internetClass),
    ...(udpBytes > 0 ? extensions(udpBytes) : []),
  ]);
