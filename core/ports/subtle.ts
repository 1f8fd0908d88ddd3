/** A key that was imported; what is in it only the platform knows. */
export type SubtleKey = object;

/** An algorithm with its parameters, as WebCrypto names them. */
export type SubtleAlgorithm = string | { readonly name: string; readonly [parameter: string]: unknown };

/** Signatures and digests. This is the part of WebCrypto that the gateway uses: `crypto.subtle` fits. */
export interface Subtle {
  /** @throws DOMException for bytes that are no such key. */
  importKey(
    format: "raw" | "spki",
    key: Uint8Array,
    algorithm: SubtleAlgorithm,
    isExtractable: boolean,
    usages: ("sign" | "verify")[],
  ): Promise<SubtleKey>;
  sign(algorithm: SubtleAlgorithm, key: SubtleKey, data: Uint8Array): Promise<ArrayBuffer>;
  verify(
    algorithm: SubtleAlgorithm,
    key: SubtleKey,
    signature: Uint8Array,
    data: Uint8Array,
  ): Promise<boolean>;
  digest(algorithm: SubtleAlgorithm, data: Uint8Array): Promise<ArrayBuffer>;
}
