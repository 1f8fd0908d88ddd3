import { SocketDnsTransport } from "../adapters/cloudflare/index.ts";
import { HttpsDnsTransport, webClock, webRandom } from "../adapters/web/index.ts";
import { DnsClient, type DnsTransport, type Logger, readSettings } from "../core/index.ts";

/** Over HTTPS to servers that are URLs, over TCP to the others. */
const edgeTransport = (): DnsTransport => {
  const https = new HttpsDnsTransport((url, init) => fetch(url, init));
  const sockets = new SocketDnsTransport();
  return {
    exchange: (server, query, options) =>
      (server.startsWith("http") ? https : sockets).exchange(server, query, options),
  };
};

/**
 * Looks services up; fetch connects by name, so that other names stay as they are.
 *
 * @param servers URLs or addresses, separated by commas; undefined for none: then every name is the platform's.
 */
export const edgeDns = (servers: string | undefined, logger: Logger): DnsClient | undefined => {
  const list = (servers ?? "").split(",").flatMap((server) => server.trim() || []);
  if (list.length === 0) return undefined;
  const sources = { hosts: "", resolvConf: "options attempts:2", servers: list };
  const settings = readSettings(sources, edgeTransport(), webRandom);
  return new DnsClient(settings, { keepsNames: true }, { clock: webClock, random: webRandom, logger });
};
