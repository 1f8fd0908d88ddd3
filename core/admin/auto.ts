import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { AutoSource } from "../schema/index.ts";
import { uuidV4Maker } from "../uuid/index.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const secretLength = 32;

/** 32 letters and digits, each equally likely. */
const secret = (random: Random): string => {
  let text = "";
  const bytes = new Uint8Array(secretLength * 2);
  while (text.length < secretLength) {
    random.fill(bytes);
    for (const byte of bytes) {
      // 248 = 4 x 62: what lies above would make some characters likelier.
      if (byte < 248 && text.length < secretLength) text += alphabet[byte % 62];
    }
  }
  return text;
};

/** Fills what rows get by themselves: times, ids, secrets. */
export const autoSource = (clock: Clock, random: Random): AutoSource => ({
  nowMs: () => clock.nowMs(),
  uuid: uuidV4Maker(random),
  secret: () => secret(random),
});
