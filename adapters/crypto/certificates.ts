import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  X509Certificate,
} from "node:crypto";
import { type CertificateChecker, structuralChecker } from "../../core/index.ts";

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

const certificateOf = (pem: string): X509Certificate | undefined => attempt(() => new X509Certificate(pem));
const privateKeyOf = (pem: string): KeyObject | undefined => attempt(() => createPrivateKey(pem));

/**
 * Compared by their encoding: KeyObject.equals and checkPrivateKey leave OpenSSL's complaint about different types
 * behind, and the next key that is read fails with it (Node 24).
 */
const isSame = (a: KeyObject, b: KeyObject): boolean => {
  const [left, right] = [a, b].map((key) => key.export({ type: "spki", format: "pem" }));
  return left === right;
};

/**
 * Judges certificates and keys by `node:crypto`, which is OpenSSL on Node, BoringSSL in a Worker: that reads no Ed448, no
 * secp256k1 and no RSA-PSS keys. What can't be read is told in the words of the form's check.
 */
export const cryptoCertificates: CertificateChecker = {
  certificateProblem(pem) {
    const form = structuralChecker.certificateProblem(pem);
    if (form !== undefined) return form;
    return certificateOf(pem) === undefined ? "invalid certificate: it can't be decoded" : undefined;
  },
  keyProblem(pem) {
    const form = structuralChecker.keyProblem(pem);
    if (form !== undefined) return form;
    return privateKeyOf(pem) === undefined ? "invalid key: it can't be decoded" : undefined;
  },
  pairProblem(certificate, key) {
    const [shown, secret] = [certificateOf(certificate), privateKeyOf(key)];
    if (shown === undefined || secret === undefined) return undefined;
    // BoringSSL throws where it can't read the kind of key: then it is not the one that it could read.
    const open = attempt(() => shown.publicKey);
    const isPair = open !== undefined && isSame(open, createPublicKey(secret));
    return isPair ? undefined : "certificate does not match key";
  },
  authorityProblem(pem) {
    const form = structuralChecker.authorityProblem(pem);
    if (form !== undefined) return form;
    // A Worker has no `validToDate`.
    const expires = certificateOf(pem)?.validTo;
    return expires !== undefined && Date.parse(expires) < Date.now()
      ? 'certificate expired, "Not After" time is in the past'
      : undefined;
  },
  digest: (pem) => certificateOf(pem)?.fingerprint256.replaceAll(":", "").toLowerCase(),
  jwkProblem(jwk) {
    const form = structuralChecker.jwkProblem(jwk);
    if (form !== undefined) return form;
    const key = attempt(() => createPublicKey({ key: JSON.parse(jwk) as JsonWebKey, format: "jwk" }));
    return key === undefined ? "could not load JWK, likely not a valid key" : undefined;
  },
  pemProblem(pem, kind) {
    const form = structuralChecker.pemProblem(pem, kind);
    if (form !== undefined) return form;
    const key = kind === "public" ? attempt(() => createPublicKey(pem)) : privateKeyOf(pem);
    return key === undefined ? `could not load ${kind} key` : undefined;
  },
  pemPairProblem(privateKey, publicKey) {
    const [secret, open] = [privateKeyOf(privateKey), attempt(() => createPublicKey(publicKey))];
    if (secret === undefined || open === undefined) return undefined;
    const isPair = isSame(createPublicKey(secret), open);
    return isPair ? undefined : "public key does not match private key";
  },
};
