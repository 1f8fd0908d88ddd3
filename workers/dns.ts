import { waitUntil } from "cloudflare:workers";
import { SocketDnsTransport } from "../adapters/cloudflare/index.ts";
import { HttpsDnsTransport, webClock, webRandom } from "../adapters/web/index.ts";
import { DnsClient, type DnsTransport, type Logger, readSettings } from "../core/index.ts";

/**
 * Over HTTPS to servers that are URLs, over TCP to the others. What is asked beside a request, as its answer was known and
 * is stale, would end with that request.
 */
const edgeTransport = (): DnsTransport => {
  const https = new HttpsDnsTransport((url, init) => fetch(url, init));
  const sockets = new SocketDnsTransport();
  return {
    exchange(server, query, options) {
      const asked = (server.startsWith("http") ? https : sockets).exchange(server, query, options);
      waitUntil(asked.catch(() => undefined));
      return asked;
    },
  };
};

/**
 * Looks up what does not go by fetch, which connects by name: services, and what is asked for by another Host.
 *
 * @param servers URLs or addresses, separated by commas; undefined for none: then every name is the platform's.
 */
export const edgeDns = (servers: string | undefined, logger: Logger): DnsClient | undefined => {
  const list = (servers ?? "").split(",").flatMap((server) => server.trim() || []);
  if (list.length === 0) return undefined;
  const sources = { hosts: "", resolvConf: "options attempts:2", servers: list };
  const settings = readSettings(sources, edgeTransport(), webRandom);
  return new DnsClient(settings, {}, { clock: webClock, random: webRandom, logger });
};
