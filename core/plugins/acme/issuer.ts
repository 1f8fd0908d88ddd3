import { type PluginHost } from "../../pdk/index.ts";
import type { Acme, CertificateFacts, CertificatePair } from "../../ports/acme.ts";
import type { OpenKeyValue } from "../../ports/keyvalue.ts";
import type { Records } from "../../ports/records.ts";
import { accountOf } from "./account.ts";
import { isManaged, storeCertificate } from "./rows.ts";
import type { Config } from "./schema.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

/** Nobody else orders for the same name in that time. */
const lockMs = 30 * secondMs;
/** A challenge that nobody asked for by then is forgotten. */
const challengeMs = 60 * minuteMs;

// Kong's names of keys.
const certificateKey = (name: string): string => `kong_acme:cert_key:${name}`;
const challengeKey = (token: string): string => `kong_acme:challenge:${token}`;
const lockKey = (name: string): string => `kong_acme:update_lock:${name}`;
const backoffKey = (name: string): string => `kong_acme:fail_backoff:${name}`;
const renewalPrefix = "kong_acme:renew_config:";
const lastRenewalKey = "kong_acme:renew_last_run";

/** Orders, keeps and renews the certificates of one configuration. */
export class Issuer {
  private readonly config: Config;
  private readonly host: PluginHost;
  private readonly acme: Acme;
  private readonly storage: OpenKeyValue;
  /** Where certificates become rows; undefined without a database. */
  private readonly records: Records | undefined;

  /** @throws Error where no certificates can be ordered. */
  constructor(config: Config, host: PluginHost, storage: OpenKeyValue) {
    if (host.acme === undefined) throw new Error("no certificates can be ordered from here");
    this.config = config;
    this.host = host;
    this.acme = host.acme;
    this.storage = storage;
    this.records = host.records?.isWritable === true ? host.records : undefined;
  }

  /** True when certificates become rows of the database, which show them: nobody else has to. */
  get hasRows(): boolean {
    return this.records !== undefined;
  }

  /** The certificate of a name, as it is kept. */
  async kept(name: string): Promise<CertificatePair | undefined> {
    const text = await this.storage.get(certificateKey(name));
    return text === undefined ? undefined : (JSON.parse(text) as CertificatePair);
  }

  /** What is kept of a name. */
  async factsOf(name: string): Promise<CertificateFacts | undefined> {
    const pair = await this.kept(name);
    return pair && this.acme.factsOf(pair.chain);
  }

  /** Every name that has a certificate from here. */
  async names(): Promise<string[]> {
    const keys = await this.storage.keys(renewalPrefix);
    return keys.map((key) => key.slice(renewalPrefix.length)).sort();
  }

  /** What the authority expects to find under a token. */
  challenge(token: string): Promise<string | undefined> {
    return this.storage.get(challengeKey(token));
  }

  /** Whether an order for that name failed a short time ago. */
  async isBackingOff(name: string): Promise<boolean> {
    return (await this.storage.get(backoffKey(name))) !== undefined;
  }

  /**
   * Orders a certificate and keeps it; with a database it is shown when this settles.
   *
   * @returns Undefined while another order for that name is under way.
   * @throws Error when it can't be had: for some minutes clients don't make it be ordered again.
   */
  async order(name: string): Promise<CertificatePair | undefined> {
    const { storage, config } = this;
    if (!(await storage.add(lockKey(name), "locked", lockMs))) return undefined;
    try {
      const pair = await this.ask(name);
      await storage.set(certificateKey(name), JSON.stringify(pair));
      await storage.set(renewalPrefix + name, JSON.stringify({ host: name }));
      if (this.records !== undefined) await storeCertificate(this.records, name, pair);
      return pair;
    } catch (error) {
      const backoffMs = (config.fail_backoff_minutes ?? 5) * minuteMs;
      if (backoffMs > 0) await storage.set(backoffKey(name), "failed", backoffMs);
      throw error;
    } finally {
      await storage.delete(lockKey(name));
    }
  }

  private async ask(name: string): Promise<CertificatePair> {
    const { config, storage, host, acme } = this;
    const tokens: string[] = [];
    try {
      return await acme.order({
        directoryUrl: config.api_uri ?? "",
        account: await accountOf(config, host, acme, storage),
        name,
        rsaBits: config.cert_type === "ecc" ? undefined : (config.rsa_key_size ?? 4096),
        preferredChain: config.preferred_chain ?? undefined,
        hasAddressAsCommonName: config.enable_ipv4_common_name === true,
        async publish(token, text) {
          tokens.push(token);
          await storage.set(challengeKey(token), text, challengeMs);
        },
      });
    } finally {
      for (const token of tokens) await storage.delete(challengeKey(token));
    }
  }

  /** Renews what ends soon, unless that was looked at in the last day. */
  async renewDaily(): Promise<void> {
    const { clock } = this.host;
    if (await this.storage.add(lastRenewalKey, String(clock.nowMs()), dayMs)) await this.renew();
  }

  /** Renews what ends soon. What fails is told in the log, and tried again the next time. */
  async renew(): Promise<void> {
    const { logger, clock } = this.host;
    const soonMs = (this.config.renew_threshold_days ?? 14) * dayMs;
    for (const name of await this.names()) {
      try {
        if (this.records !== undefined && !(await isManaged(this.records, name))) {
          // An operator took it away, or has another one.
          await this.storage.delete(renewalPrefix + name);
          continue;
        }
        const facts = await this.factsOf(name);
        if (facts !== undefined && facts.notAfterMs - soonMs > clock.nowMs()) continue;
        await this.order(name);
        logger.log("notice", `acme: the certificate of ${name} is renewed`);
      } catch (error) {
        logger.log("error", `acme: the certificate of ${name} can't be renewed`, { error });
      }
    }
  }

  close(): void {
    this.storage.close();
  }
}
