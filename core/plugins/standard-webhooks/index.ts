import { fromBase64 } from "../../http/base64.ts";
import { definePlugin, type Exchange } from "../../pdk/index.ts";
import type { SubtleKey } from "../../ports/subtle.ts";
import { type Config, schema } from "./schema.ts";

const encoder = new TextEncoder();
const hmac = { name: "HMAC", hash: "SHA-256" };

/** Lets only webhooks pass that were signed with the secret, and not long ago. @see Standard Webhooks, Signature scheme */
export const standardWebhooks = definePlugin<Config>({
  ...schema,
  create({ secret_v1: secret, tolerance_second: tolerance }, { subtle, clock }) {
    let key: Promise<SubtleKey> | undefined;
    const isGenuine = async ({ request }: Exchange): Promise<boolean> => {
      const { headers } = request;
      const id = headers.get("webhook-id");
      const timestamp = headers.get("webhook-timestamp");
      const signature = headers.get("webhook-signature");
      if (!id || !timestamp || !signature?.startsWith("v1,") || !/^\d+$/.test(timestamp)) return false;
      if (clock.nowMs() / 1000 - Number(timestamp) > tolerance) return false;
      const body = await request.readBody();
      const given = fromBase64(signature.slice(3));
      if (body.byteLength === 0 || given === undefined) return false;
      const head = encoder.encode(`${id}.${timestamp}.`);
      const signed = new Uint8Array(head.byteLength + body.byteLength);
      signed.set(head);
      signed.set(body, head.byteLength);
      key ??= subtle.importKey("raw", encoder.encode(secret), hmac, false, ["verify"]);
      return subtle.verify(hmac, await key, given, signed);
    };
    return {
      async access(exchange) {
        if (!(await isGenuine(exchange))) exchange.error(400, "Bad request");
      },
    };
  },
});
