import { toHex } from "./format.ts";
import { utf8Bytes } from "./name.ts";

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const sines = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** The words of the message with its padding, little-endian. */
function padded(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array((((bytes.length + 8) >> 6) + 1) << 4);
  for (let i = 0; i < bytes.length; i++) words[i >> 2]! |= bytes[i]! << ((i % 4) * 8);
  words[bytes.length >> 2]! |= 0x80 << ((bytes.length % 4) * 8);
  words[words.length - 2] = bytes.length << 3;
  words[words.length - 1] = Math.floor(bytes.length / 0x2000_0000);
  return words;
}

/**
 * MD5 in 16 bytes. For ids and names that prescribe it, never for security.
 *
 * @see RFC 1321
 */
export function md5Bytes(bytes: Uint8Array): Uint8Array {
  const words = padded(bytes);
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d] = [a0, b0, c0, d0];
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      let mixed: number;
      let at: number;
      if (round === 0) [mixed, at] = [(b & c) | (~b & d), i];
      else if (round === 1) [mixed, at] = [(d & b) | (~d & c), (5 * i + 1) & 15];
      else if (round === 2) [mixed, at] = [b ^ c ^ d, (3 * i + 5) & 15];
      else [mixed, at] = [c ^ (b | ~d), (7 * i) & 15];
      const sum = (a + mixed + sines[i]! + words[block + at]!) | 0;
      const shift = shifts[round * 4 + (i & 3)]!;
      [a, d, c] = [d, c, b];
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
    }
    [a0, b0, c0, d0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
  }
  const digest = new Uint8Array(16);
  const view = new DataView(digest.buffer);
  for (const [i, word] of [a0, b0, c0, d0].entries()) view.setInt32(i * 4, word, true);
  return digest;
}

/** MD5 of a text's UTF-8 bytes in hex. It names a configuration and is compared with what others compute. */
export const md5 = (text: string): string => toHex(md5Bytes(utf8Bytes(text)));
