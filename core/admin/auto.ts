import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Subtle } from "../ports/subtle.ts";
import { randomSecret } from "../http/secret.ts";
import type { AutoSource } from "../schema/index.ts";
import { uuidV4Maker } from "../uuid/index.ts";

/** Fills what rows get by themselves: times, ids, secrets. */
export const autoSource = (clock: Clock, random: Random): AutoSource => ({
  nowMs: () => clock.nowMs(),
  uuid: uuidV4Maker(random),
  secret: () => randomSecret(random),
});

/** The same for who writes rows one by one, and can wait for hashes of secrets. */
export const derivingSource = (auto: AutoSource, subtle: Subtle): AutoSource => ({
  ...auto,
  async derive(secret, salt, iterations, sizeBytes) {
    const key = await subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
    const algorithm = { name: "PBKDF2", hash: "SHA-512", salt, iterations };
    return new Uint8Array(await subtle.deriveBits(algorithm, key, sizeBytes * 8));
  },
});
