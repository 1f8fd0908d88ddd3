import { fromBase64Url, toBase64Url } from "../../http/base64.ts";
import type { PluginHost } from "../../pdk/index.ts";
import type { SubtleKey } from "../../ports/subtle.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Bytes; as AES-GCM wants it. */
const ivBytes = 12;

/** Values as texts that nobody without the secret can read or change. @see NIST SP 800-38D (AES-GCM), RFC 5869 (HKDF) */
export class Seal {
  private readonly host: Pick<PluginHost, "subtle" | "random">;
  private readonly secret: Uint8Array;
  private key: Promise<SubtleKey> | undefined;

  constructor(host: Pick<PluginHost, "subtle" | "random">, secret: Uint8Array) {
    this.host = host;
    this.secret = secret;
  }

  private derived(): Promise<SubtleKey> {
    this.key ??= (async () => {
      const { subtle } = this.host;
      const secret = await subtle.importKey("raw", this.secret, "HKDF", false, ["deriveBits"]);
      const info = encoder.encode("session");
      const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info };
      const bits = new Uint8Array(await subtle.deriveBits(how, secret, 256));
      return subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"]);
    })();
    return this.key;
  }

  /** @param purpose What it is for: it opens for the same purpose only. */
  async close(value: unknown, purpose: string): Promise<string> {
    const iv = new Uint8Array(ivBytes);
    this.host.random.fill(iv);
    const how = { name: "AES-GCM", iv, additionalData: encoder.encode(purpose) };
    const plain = encoder.encode(JSON.stringify(value));
    const sealed = new Uint8Array(await this.host.subtle.encrypt(how, await this.derived(), plain));
    const bytes = new Uint8Array(ivBytes + sealed.byteLength);
    bytes.set(iv);
    bytes.set(sealed, ivBytes);
    return toBase64Url(bytes);
  }

  /** @returns Undefined for what was not sealed with this secret and purpose. */
  async open(text: string, purpose: string): Promise<unknown> {
    const bytes = fromBase64Url(text);
    if (bytes === undefined || bytes.byteLength <= ivBytes) return undefined;
    const how = {
      name: "AES-GCM",
      iv: bytes.subarray(0, ivBytes),
      additionalData: encoder.encode(purpose),
    };
    const key = await this.derived();
    try {
      const plain = await this.host.subtle.decrypt(how, key, bytes.subarray(ivBytes));
      return JSON.parse(decoder.decode(plain));
    } catch {
      return undefined;
    }
  }
}
