/** What adapters/crypto takes of the runtime's `node:crypto`. */
declare module "node:crypto" {
  export interface JsonWebKey {
    readonly kty?: string;
  }
  export interface KeyObject {
    export(options: { type: "spki"; format: "pem" }): string;
  }
  export class X509Certificate {
    constructor(pem: string);
    readonly publicKey: KeyObject;
    readonly fingerprint256: string;
    readonly validTo: string;
  }
  export function createPrivateKey(pem: string): KeyObject;
  export function createPublicKey(key: string | KeyObject | { key: JsonWebKey; format: "jwk" }): KeyObject;
}
