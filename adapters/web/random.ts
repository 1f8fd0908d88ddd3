import type { Random } from "../../core/index.ts";

// The most that one call of getRandomValues may ask for. @see W3C Web Cryptography API §10.1.1
const maxCallBytes = 65_536;

/** WebCrypto's randomness. */
export const webRandom: Random = {
  fill(bytes) {
    for (let at = 0; at < bytes.byteLength; at += maxCallBytes) {
      crypto.getRandomValues(bytes.subarray(at, at + maxCallBytes) as Uint8Array<ArrayBuffer>);
    }
  },
  fraction: () => Math.random(),
};
