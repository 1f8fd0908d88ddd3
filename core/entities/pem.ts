import { sha256Hex } from "../http/sha256.ts";
import { own } from "../schema/tree.ts";
import type { CertificateChecker } from "./ports.ts";

const block = (label: string): RegExp =>
  new RegExp(`-----BEGIN ${label}-----\\s+(?:[A-Za-z0-9+/=]+\\s+)+-----END ${label}-----`);

const certificate = block("(?:X509 |TRUSTED )?CERTIFICATE");
const privateKey = block("(?:RSA |EC |ENCRYPTED )?PRIVATE KEY");
const publicKey = block("(?:RSA )?PUBLIC KEY");

/** The DER bytes of a PEM block as a byte string; empty when it is no base64. */
function derOf(pem: string): string {
  try {
    return atob(pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, ""));
  } catch {
    return "";
  }
}

/** Extension 2.5.29.19, critical or not, whose sequence begins with a true `cA`. @see RFC 5280 §4.2.1.9 */
// oxlint-disable-next-line no-control-regex
const authority = /\x06\x03\x55\x1d\x13(?:\x01\x01\xff)?\x04[^]\x30[^]\x01\x01\xff/;

const isAuthority = (pem: string): boolean => authority.test(derOf(pem));

/** What a public JWK has to hold, by its type. @see RFC 7518 §6, RFC 8037 §2 */
const members: Readonly<Record<string, readonly string[]>> = {
  RSA: ["n", "e"],
  EC: ["crv", "x", "y"],
  OKP: ["crv", "x"],
};

function isAsymmetric(jwk: string): boolean {
  const key = JSON.parse(jwk) as Record<string, unknown>;
  const needed = typeof key["kty"] === "string" ? own(members, key["kty"]) : undefined;
  return needed?.every((name) => typeof key[name] === "string") ?? false;
}

/**
 * Looks at the form only: PEM blocks of the right kind with base64 inside. It can't tell a forged, expired or
 * mismatched certificate; an adapter with cryptography does.
 */
export const structuralChecker: CertificateChecker = {
  certificateProblem: (pem) => (certificate.test(pem) ? undefined : "invalid certificate: not in PEM format"),
  keyProblem: (pem) => (privateKey.test(pem) ? undefined : "invalid key: not in PEM format"),
  pairProblem: () => undefined,
  pemPairProblem: () => undefined,
  authorityProblem(pem) {
    if ((pem.match(/-----BEGIN /g) ?? []).length > 1) return "please submit only one certificate at a time";
    return isAuthority(pem)
      ? undefined
      : 'certificate does not appear to be a CA because it is missing the "CA" basic constraint';
  },
  digest(pem) {
    const bytes = Uint8Array.from(derOf(pem), (character) => character.charCodeAt(0));
    return bytes.byteLength === 0 ? undefined : sha256Hex(bytes);
  },
  jwkProblem: (jwk) => (isAsymmetric(jwk) ? undefined : "could not load JWK, likely not a valid key"),
  pemProblem(pem, kind) {
    const fine = (kind === "public" ? publicKey : privateKey).test(pem);
    return fine ? undefined : `could not load ${kind} key`;
  },
};
