/** A key that was imported; what is in it only the platform knows. */
export type SubtleKey = object;

/** An algorithm with its parameters, as WebCrypto names them. */
export type SubtleAlgorithm = string | { readonly name: string; readonly [parameter: string]: unknown };

/** Signatures, digests, encryption, keys from secrets. This is the part of WebCrypto that the gateway uses: `crypto.subtle` fits. */
export interface Subtle {
  /** @throws DOMException for bytes that are no such key. */
  importKey(
    format: "raw" | "spki",
    key: Uint8Array,
    algorithm: SubtleAlgorithm,
    isExtractable: boolean,
    usages: ("sign" | "verify" | "encrypt" | "decrypt" | "deriveBits")[],
  ): Promise<SubtleKey>;
  sign(algorithm: SubtleAlgorithm, key: SubtleKey, data: Uint8Array): Promise<ArrayBuffer>;
  verify(
    algorithm: SubtleAlgorithm,
    key: SubtleKey,
    signature: Uint8Array,
    data: Uint8Array,
  ): Promise<boolean>;
  encrypt(algorithm: SubtleAlgorithm, key: SubtleKey, data: Uint8Array): Promise<ArrayBuffer>;
  /** @throws DOMException for data that was not encrypted so, or changed since. */
  decrypt(algorithm: SubtleAlgorithm, key: SubtleKey, data: Uint8Array): Promise<ArrayBuffer>;
  /** @param length Number of bits. */
  deriveBits(algorithm: SubtleAlgorithm, key: SubtleKey, length: number): Promise<ArrayBuffer>;
  digest(algorithm: SubtleAlgorithm, data: Uint8Array): Promise<ArrayBuffer>;
}
