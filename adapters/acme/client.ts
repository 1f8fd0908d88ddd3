import { createPrivateKey, type JsonWebKey, X509Certificate } from "node:crypto";
import { isIPv4 } from "node:net";
import type {
  Acme,
  AcmeAccount,
  CertificateFacts,
  CertificateOrder,
  CertificatePair,
} from "../../core/index.ts";

type Library = typeof import("acme-client");

/** Times that an authority is asked whether it is done, with 1 to 10 seconds between: some minutes. */
const patience = { backoffAttempts: 20, backoffMin: 1_000, backoffMax: 10_000 };

/** The longest common name. @see RFC 5280 appendix A.1, ub-common-name */
const maxCommonName = 64;

const pemOf = (key: string): string =>
  key.trimStart().startsWith("{")
    ? createPrivateKey({ key: JSON.parse(key) as JsonWebKey, format: "jwk" })
        .export({ type: "pkcs8", format: "pem" })
        .toString()
    : key;

const commonNameOf = (distinguishedName: string): string =>
  /^CN=(.*)$/m.exec(distinguishedName)?.[1]?.replace(/\\(.)/g, "$1") ?? "";

/** ACME by the package `acme-client`. */
export class AcmeClient implements Acme {
  private library: Promise<Library> | undefined;

  async newAccountKey(): Promise<string> {
    const { crypto } = await this.load();
    return (await crypto.createPrivateEcdsaKey("P-256")).toString();
  }

  async order(wanted: CertificateOrder): Promise<CertificatePair> {
    const { crypto } = await this.load();
    const { name, rsaBits, publish, preferredChain } = wanted;
    const client = await this.signedUp(wanted.directoryUrl, wanted.account);
    const isAddress = isIPv4(name) || name.includes(":");
    const order = await client.createOrder({
      identifiers: [{ type: isAddress ? "ip" : "dns", value: name }],
    });
    for (const authorization of await client.getAuthorizations(order)) {
      if (authorization.status === "valid") continue;
      const challenge = authorization.challenges.find(({ type }) => type === "http-01");
      if (challenge === undefined) throw new Error(`the authority offers no http-01 challenge for ${name}`);
      await publish(challenge.token, await client.getChallengeKeyAuthorization(challenge));
      await client.completeChallenge(challenge);
      await client.waitForValidStatus(challenge);
    }
    const key = await (rsaBits === undefined
      ? crypto.createPrivateEcdsaKey("P-256")
      : crypto.createPrivateRsaKey(rsaBits));
    const hasCommonName =
      name.length <= maxCommonName && (!isAddress || (isIPv4(name) && wanted.hasAddressAsCommonName));
    const [, request] = await crypto.createCsr(
      { altNames: [name], ...(hasCommonName && { commonName: name }) },
      key,
    );
    const done = await client.finalizeOrder(order, request);
    return { chain: await client.getCertificate(done, preferredChain), key: key.toString() };
  }

  factsOf(chain: string): CertificateFacts {
    const certificate = new X509Certificate(chain);
    return {
      subject: commonNameOf(certificate.subject),
      issuer: commonNameOf(certificate.issuer),
      notBeforeMs: certificate.validFromDate.getTime(),
      notAfterMs: certificate.validToDate.getTime(),
      digest: certificate.fingerprint.replaceAll(":", "").toLowerCase(),
    };
  }

  /** Somebody whom the authority knows: whose key it knew already stays who they are. */
  private async signedUp(directoryUrl: string, { key, email, acceptsTerms, binding }: AcmeAccount) {
    const { Client } = await this.load();
    const client = new Client({
      ...patience,
      directoryUrl,
      accountKey: pemOf(key),
      ...(binding && { externalAccountBinding: { kid: binding.keyId, hmacKey: binding.hmacKey } }),
    });
    await client.createAccount({ termsOfServiceAgreed: acceptsTerms, contact: [`mailto:${email}`] });
    return client;
  }

  private load(): Promise<Library> {
    // Loaded here: only those pay for it who order certificates.
    return (this.library ??= import("acme-client"));
  }
}
