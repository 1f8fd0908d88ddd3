import { HttpsDnsTransport, webClock, webRandom } from "../adapters/web/index.ts";
import { DnsClient, type Logger, readSettings } from "../core/index.ts";

/**
 * Looks services up; fetch connects by name, so that other names stay as they are.
 *
 * @param urls Separated by commas; undefined for none: then every name is the platform's.
 */
export const edgeDns = (urls: string | undefined, logger: Logger): DnsClient | undefined => {
  const servers = (urls ?? "").split(",").flatMap((url) => url.trim() || []);
  if (servers.length === 0) return undefined;
  const transport = new HttpsDnsTransport((url, init) => fetch(url, init));
  const settings = readSettings(
    { hosts: "", resolvConf: "options attempts:2", servers },
    transport,
    webRandom,
  );
  return new DnsClient(settings, { keepsNames: true }, { clock: webClock, random: webRandom, logger });
};
