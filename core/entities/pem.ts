import type { CertificateChecker } from "./ports.ts";

const block = (label: string): RegExp =>
  new RegExp(`-----BEGIN ${label}-----\\s+(?:[A-Za-z0-9+/=]+\\s+)+-----END ${label}-----`);

const certificate = block("(?:X509 |TRUSTED )?CERTIFICATE");
const privateKey = block("(?:RSA |EC |ENCRYPTED )?PRIVATE KEY");
const publicKey = block("(?:RSA )?PUBLIC KEY");

/**
 * Looks at the form only: PEM blocks of the right kind with base64 inside. It can't tell a forged, expired or
 * mismatched certificate; an adapter with cryptography does.
 */
export const structuralChecker: CertificateChecker = {
  certificateProblem: (pem) => (certificate.test(pem) ? undefined : "invalid certificate: not in PEM format"),
  keyProblem: (pem) => (privateKey.test(pem) ? undefined : "invalid key: not in PEM format"),
  pairProblem: () => undefined,
  authorityProblem: () => undefined,
  digest: () => undefined,
  jwkProblem(jwk) {
    try {
      const parsed: unknown = JSON.parse(jwk);
      const isKey = typeof parsed === "object" && parsed !== null && "kty" in parsed;
      return isKey ? undefined : "could not load JWK, likely not a valid key";
    } catch {
      return "could not json decode jwk string";
    }
  },
  pemProblem(pem, kind) {
    const fine = (kind === "public" ? publicKey : privateKey).test(pem);
    return fine ? undefined : `could not load ${kind} key`;
  },
};
