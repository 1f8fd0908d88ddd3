import { ipVersion } from "../schema/address.ts";
import { canonical } from "./name.ts";

/** Addresses that a hosts file gives a name: the first of each family. */
export interface HostEntry {
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
}

export type Hosts = ReadonlyMap<string, HostEntry>;

/** Reads a hosts file. Lines without an address are left out; `localhost` is there in any case (RFC 6761 §6.3). */
export const parseHosts = (text: string): Hosts => {
  const hosts = new Map<string, HostEntry>();
  const add = (name: string, address: string): void => {
    const known = hosts.get(name);
    const isV4 = ipVersion(address) === 4;
    hosts.set(name, {
      ipv4: known?.ipv4 ?? (isV4 ? address : undefined),
      ipv6: known?.ipv6 ?? (isV4 ? undefined : address),
    });
  };
  for (const line of text.split(/\r?\n/)) {
    const [address = "", ...names] = line
      .replace(/[#;].*$/, "")
      .trim()
      .split(/\s+/);
    // A scope (`fe80::1%eth0`) names an interface of this machine: nothing to connect to from a configuration.
    if (ipVersion(address) === 0) continue;
    for (const name of names) add(canonical(name), address.toLowerCase());
  }
  if (!hosts.has("localhost")) {
    add("localhost", "127.0.0.1");
    add("localhost", "::1");
  }
  return hosts;
};
