import { toByteString } from "../../http/utf8.ts";
import { toBase64 } from "../../http/base64.ts";
import { equalTexts } from "../../http/secret.ts";
import {
  definePlugin,
  type Exchange,
  type Handled,
  type Row,
  signIn,
  signInAnonymous,
  whenReady,
} from "../../pdk/index.ts";
import type { SubtleKey } from "../../ports/subtle.ts";
import { type Config, schema } from "./schema.ts";
import { parseSignature, type Signature, signedBytes } from "./signature.ts";

const encoder = new TextEncoder();

const unverified = "HMAC signature cannot be verified";
const mismatch = "HMAC signature does not match";
const badDate = `${unverified}, a valid date or x-date header is required for HMAC Authentication`;

/** Accepts requests that are signed with a shared secret. */
export const hmacAuth = definePlugin<Config>({
  ...schema,
  create(config, { directory, clock, subtle }) {
    const challenge = config.realm === null ? "hmac" : `hmac realm="${toByteString(config.realm)}"`;
    const allowed = new Set<string>(config.algorithms ?? []);
    const enforced = (config.enforce_headers ?? []).map((name) => name.toLowerCase());
    const skewMs = (config.clock_skew ?? 300) * 1000;
    // One import for each credential row and algorithm; a changed credential is another row.
    const keys = new WeakMap<Row, Map<string, Promise<SubtleKey>>>();

    const refuse = (exchange: Exchange, message?: string): Handled => {
      if (config.anonymous !== null) return signInAnonymous(exchange, directory, config.anonymous);
      exchange.error(401, message, [["WWW-Authenticate", challenge]]);
    };

    const isTimely = ({ request: { headers } }: Exchange): boolean => {
      const told = Date.parse(headers.get("x-date") ?? headers.get("date") ?? "");
      return Math.abs(clock.nowMs() - told) <= skewMs;
    };

    const keyOf = (credential: Row, algorithm: string): Promise<SubtleKey> => {
      let known = keys.get(credential);
      if (known === undefined) keys.set(credential, (known = new Map<string, Promise<SubtleKey>>()));
      let key = known.get(algorithm);
      if (key === undefined) {
        const hash = `SHA-${algorithm.slice("hmac-sha".length)}`;
        const secret = encoder.encode(credential["secret"] as string);
        key = subtle.importKey("raw", secret, { name: "HMAC", hash }, false, ["verify"]);
        known.set(algorithm, key);
      }
      return key;
    };

    const hasRightDigest = async ({ request }: Exchange): Promise<boolean> => {
      const told = request.headers.get("digest");
      const body = await request.readBody();
      if (told === undefined) return body.byteLength === 0;
      const digest = await subtle.digest("SHA-256", body.slice());
      return equalTexts(told, `SHA-256=${toBase64(new Uint8Array(digest))}`);
    };

    const verify = async (exchange: Exchange, signature: Signature, credential: Row): Promise<void> => {
      const text = signedBytes(exchange.request, signature.headers);
      const key = await keyOf(credential, signature.algorithm);
      const isRight =
        signature.bytes !== undefined && (await subtle.verify("HMAC", key, signature.bytes, text));
      if (!isRight || (config.validate_request_body && !(await hasRightDigest(exchange)))) {
        await refuse(exchange, mismatch);
        return;
      }
      const { id } = credential["consumer"] as { id: string };
      const consumer = await directory.find("consumers", "id", id);
      signIn(exchange, consumer, credential, credential["username"] as string);
    };

    return {
      access(exchange) {
        if (config.anonymous !== null && exchange.credential !== undefined) return undefined;
        const { headers } = exchange.request;
        const name = headers.has("proxy-authorization") ? "proxy-authorization" : "authorization";
        const field = headers.get(name);
        if (field === undefined) return refuse(exchange);
        if (!isTimely(exchange)) return refuse(exchange, badDate);
        const signature = parseSignature(field);
        if (signature === undefined) return refuse(exchange, unverified);
        const signed = signature.headers.map((one) => one.toLowerCase());
        const isComplete = enforced.every((one) => signed.includes(one));
        if (!isComplete || !allowed.has(signature.algorithm)) return refuse(exchange, unverified);
        return whenReady(
          directory.find("hmacauth_credentials", "username", signature.username),
          (credential): Handled => {
            if (credential === undefined) return refuse(exchange, unverified);
            return verify(exchange, signature, credential).then(() => {
              if (config.hide_credentials) headers.delete(name);
            });
          },
        );
      },
    };
  },
});
