import { fromBase64 } from "../../http/base64.ts";
import type { Subtle, SubtleAlgorithm, SubtleKey } from "../../ports/subtle.ts";

export const algorithmNames = [
  "HS256",
  "HS384",
  "HS512",
  "RS256",
  "RS384",
  "RS512",
  "ES256",
  "ES384",
  "ES512",
  "PS256",
  "PS384",
  "PS512",
  "EdDSA",
] as const;
export type AlgorithmName = (typeof algorithmNames)[number];

interface Algorithm {
  readonly import: SubtleAlgorithm;
  readonly verify: SubtleAlgorithm;
  /** Bytes of a signature, where there is only one right number. */
  readonly signatureBytes: number | undefined;
}

const curves: Readonly<Record<string, readonly [string, number]>> = {
  256: ["P-256", 64],
  384: ["P-384", 96],
  512: ["P-521", 132],
};

/** @see RFC 7518 §3.1, RFC 8037 §3.1 */
const describe = (name: AlgorithmName): Algorithm => {
  if (name === "EdDSA")
    return { import: { name: "Ed25519" }, verify: { name: "Ed25519" }, signatureBytes: 64 };
  const bits = name.slice(2);
  const hash = `SHA-${bits}`;
  switch (name.slice(0, 2)) {
    case "HS":
      return { import: { name: "HMAC", hash }, verify: { name: "HMAC" }, signatureBytes: undefined };
    case "RS":
      return {
        import: { name: "RSASSA-PKCS1-v1_5", hash },
        verify: { name: "RSASSA-PKCS1-v1_5" },
        signatureBytes: undefined,
      };
    case "PS":
      return {
        import: { name: "RSA-PSS", hash },
        // The salt is as long as the hash. @see RFC 7518 §3.5
        verify: { name: "RSA-PSS", saltLength: Number(bits) / 8 },
        signatureBytes: undefined,
      };
    default: {
      const [namedCurve, signatureBytes] = curves[bits]!;
      return { import: { name: "ECDSA", namedCurve }, verify: { name: "ECDSA", hash }, signatureBytes };
    }
  }
};

const encoder = new TextEncoder();

const spki = (pem: string): Uint8Array<ArrayBuffer> => {
  const body = /-----BEGIN PUBLIC KEY-----([^-]+)-----END PUBLIC KEY-----/.exec(pem)?.[1];
  const bytes = body === undefined ? undefined : fromBase64(body.replace(/\s+/g, ""));
  if (bytes === undefined) throw new TypeError("the public key is no PEM with a SubjectPublicKeyInfo");
  return bytes;
};

/** Checks signatures with one key. */
export type Verifier = (data: string, signature: Uint8Array<ArrayBuffer>) => Promise<boolean>;

/**
 * @param key The secret, or the public key in PEM.
 * @param isBase64 The secret is kept in base64url.
 * @throws TypeError or DOMException when the key can't be used.
 */
export const makeVerifier = async (
  subtle: Subtle,
  name: AlgorithmName,
  key: string,
  isBase64: boolean,
): Promise<Verifier> => {
  const algorithm = describe(name);
  let imported: SubtleKey;
  if (name.startsWith("HS")) {
    const secret = isBase64 ? fromBase64(key.replaceAll("-", "+").replaceAll("_", "/")) : encoder.encode(key);
    if (secret === undefined || secret.byteLength === 0) throw new TypeError("the secret is no base64");
    imported = await subtle.importKey("raw", secret, algorithm.import, false, ["verify"]);
  } else {
    imported = await subtle.importKey("spki", spki(key), algorithm.import, false, ["verify"]);
  }
  return (data, signature) => {
    const { signatureBytes } = algorithm;
    if (signatureBytes !== undefined && signature.byteLength !== signatureBytes)
      return Promise.resolve(false);
    return subtle.verify(algorithm.verify, imported, signature, encoder.encode(data));
  };
};
