import type { Random } from "../ports/random.ts";

/** Compares without telling by the time taken where two secrets differ; their lengths are no secret. */
export const equalTexts = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
};

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const secretLength = 32;

/** 32 letters and digits, each equally likely. */
export const randomSecret = (random: Random): string => {
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
