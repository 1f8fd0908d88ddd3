import { toByteString } from "../http/utf8.ts";

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
const words = new Int32Array(80);

/** SHA-1's compression of one block of 64 bytes. @see RFC 3174 §6.1 */
function compress(state: Int32Array, block: Int32Array): void {
  words.set(block);
  for (let i = 16; i < 80; i++)
    words[i] = rotate(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1);
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  for (let i = 0; i < 80; i++) {
    const round = i < 20 ? 0 : i < 40 ? 1 : i < 60 ? 2 : 3;
    const mix = round === 0 ? (b & c) | (~b & d) : round === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round]!;
    const next = (rotate(a, 5) + mix + e + constant + words[i]!) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
}

function sha1Words(bytes: string): Int32Array {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const blocks = ((bytes.length + 8) >> 6) + 1;
  const message = new Int32Array(blocks * 16);
  for (let i = 0; i < bytes.length; i++) message[i >> 2]! |= bytes.charCodeAt(i) << (24 - (i & 3) * 8);
  message[bytes.length >> 2]! |= 0x80 << (24 - (bytes.length & 3) * 8);
  message[blocks * 16 - 1] = bytes.length * 8;
  for (let i = 0; i < blocks; i++) compress(state, message.subarray(i * 16, i * 16 + 16));
  return state;
}

const hex8 = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

/** A name-based UUID, at once: it only breaks ties, so it must not wait for asynchronous digests. @see RFC 9562 §5.5 */
export function uuid5(namespace: string, name: string): string {
  const space = namespace
    .replaceAll("-", "")
    .replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  const hash = sha1Words(space + toByteString(name));
  const digits =
    hex8(hash[0]!) +
    hex8((hash[1]! & 0xffff0fff) | 0x5000) +
    hex8((hash[2]! & 0x3fffffff) | 0x80000000) +
    hex8(hash[3]!);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
