const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const places = new Map(Array.from(alphabet, (letter, place) => [letter, place]));
places.set("+", 62).set("/", 63);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Base64 for URLs, without padding. @see RFC 4648 §5 */
export const toBase64 = (text: string): string => {
  const bytes = encoder.encode(text);
  let result = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const letters = b === undefined ? 2 : c === undefined ? 3 : 4;
    for (let i = 0; i < letters; i++) result += alphabet[(bits >> (18 - 6 * i)) & 63];
  }
  return result;
};

/** @returns Undefined for what is no base64, in either alphabet, padded or not. */
export const fromBase64 = (text: string): string | undefined => {
  const bare = text.replace(/={1,2}$/, "");
  if (bare.length % 4 === 1) return undefined;
  const bytes = new Uint8Array((bare.length * 3) >> 2);
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const letter of bare) {
    const place = places.get(letter);
    if (place === undefined) return undefined;
    bits = ((bits << 6) | place) & 0xff_ff_ff;
    if ((count += 6) < 8) continue;
    count -= 8;
    bytes[at++] = (bits >> count) & 255;
  }
  return decoder.decode(bytes);
};
