import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { fromBase64, toBase64 } from "../../http/base64.ts";
import { equalTexts } from "../../http/secret.ts";
import type { Subtle } from "../../ports/subtle.ts";
import { type Ready, whenReady } from "../../ready.ts";
import type { AutoSource } from "../../schema/index.ts";

const iterations = 10_000;
const hashBytes = 32;
const saltBytes = 16;
/** Hashes of other settings are made anew when their owner shows the secret. */
const prefix = `$pbkdf2-sha512$i=${iterations},l=${hashBytes}$`;

const encoder = new TextEncoder();
const unpadded = (bytes: Uint8Array): string => toBase64(bytes).replace(/=+$/, "");

/**
 * A secret as it is kept, in the form of PHC strings.
 *
 * @param salt At least 16 random characters.
 * @param derive Makes the hash; without it that takes 30 ms of this thread, and the answer comes at once.
 */
export const hashSecret = (secret: string, salt: string, derive?: AutoSource["derive"]): Ready<string> => {
  const bytes = encoder.encode(salt).slice(0, saltBytes);
  const text = encoder.encode(secret);
  return whenReady(
    derive === undefined
      ? pbkdf2(sha512, text, bytes, { c: iterations, dkLen: hashBytes })
      : derive(text, bytes, iterations, hashBytes),
    (hash) => `${prefix}${unpadded(bytes)}$${unpadded(hash)}`,
  );
};

/** Whether a hash was made with settings that are out of use. */
export const isOutdated = (hash: string): boolean => !hash.startsWith(prefix);

/** The most work that a stored hash may ask for: rows come from operators, but a request waits for it. */
const maxIterations = 1_000_000;

/** Whether a hash is that of a secret. False for hashes that can't be read. */
export const isSecretOf = async (subtle: Subtle, hash: string, secret: string): Promise<boolean> => {
  const parts = /^\$pbkdf2-sha(\d+)\$i=(\d+)(?:,l=\d+)?\$([^$]+)\$([^$]+)$/.exec(hash);
  const [, digest, count, salt, told] = parts ?? [];
  const bytes = salt === undefined ? undefined : fromBase64(salt);
  const expected = told === undefined ? undefined : fromBase64(told);
  if (bytes === undefined || expected === undefined || Number(count) > maxIterations) return false;
  const key = await subtle.importKey("raw", encoder.encode(secret), "PBKDF2", false, ["deriveBits"]);
  const derived = await subtle.deriveBits(
    { name: "PBKDF2", hash: `SHA-${digest!}`, salt: bytes, iterations: Number(count) },
    key,
    expected.byteLength * 8,
  );
  return equalTexts(toBase64(new Uint8Array(derived)), toBase64(expected));
};
