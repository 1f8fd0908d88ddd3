import { DnsFiles, NodeDnsTransport } from "../adapters/node/index.ts";
import { webClock, webRandom } from "../adapters/web/index.ts";
import { DnsClient, type DnsSettings, type Logger, readSettings } from "../core/index.ts";
import type { DnsConf } from "./conf/dns.ts";

/** The DNS client of a worker, which follows its files; undefined when the operating system resolves. */
export const openDns = (
  { isSystem, servers, hostsFile, options }: DnsConf,
  logger: Logger,
): DnsClient | undefined => {
  if (isSystem) return undefined;
  const files = new DnsFiles({ hosts: hostsFile });
  const transport = new NodeDnsTransport();
  const { LOCALDOMAIN, RES_OPTIONS } = process.env;
  const settings = (): DnsSettings =>
    readSettings(
      { ...files.read(), environment: { LOCALDOMAIN, RES_OPTIONS }, servers },
      transport,
      webRandom,
    );
  const client = new DnsClient(settings(), options, { clock: webClock, random: webRandom, logger });
  files.watch(() => {
    logger.log("notice", "the files of the resolver changed: names are resolved anew");
    client.configure(settings());
  });
  return client;
};
