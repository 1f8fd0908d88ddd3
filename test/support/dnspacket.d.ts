/** What is used of dns-packet. Its own types would bring Node's into core. */
declare module "dns-packet" {
  export interface Question {
    readonly type: string;
    readonly name: string;
    readonly class?: string;
  }
  export interface Answer {
    readonly type: string;
    readonly name: string;
    readonly ttl?: number;
    readonly data?: unknown;
    readonly udpPayloadSize?: number;
    readonly flags?: number;
    readonly options?: readonly never[];
  }
  export interface Packet {
    readonly type?: "query" | "response";
    readonly id?: number;
    readonly flags?: number;
    readonly flag_tc?: boolean;
    readonly rcode?: string;
    readonly questions?: readonly Question[];
    readonly answers?: readonly Answer[];
    readonly authorities?: readonly Answer[];
    readonly additionals?: readonly Answer[];
  }
  export const RECURSION_DESIRED: number;
  export function encode(packet: Packet): Uint8Array;
  /** @throws Error for what is no DNS message. */
  export function decode(message: Uint8Array): Packet;
}
