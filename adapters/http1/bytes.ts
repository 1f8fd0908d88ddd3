/** Bytes that matter to HTTP/1.1, by name. */
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const COLON = 58;

const mark = (table: Uint8Array, characters: string, value: number): void => {
  for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] = value;
};

/**
 * Characters of a method or field name: 1 and 2 for the token characters, 0 for the rest. Those with 2 are legal,
 * but nginx drops a request field with such a name, since `X.A` and `X_A` meet in the environment of a CGI program.
 *
 * @see RFC 9110 §5.6.2
 */
export const TOKEN = new Uint8Array(256);
mark(TOKEN, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", 1);
mark(TOKEN, "!#$%&'*+.^`|~", 2);

/** Characters of a field value: visible, space, tab and the upper half (obs-text). @see RFC 9110 §5.5 */
export const VALUE = new Uint8Array(256).fill(1, 32).fill(0, 127, 128);
VALUE[TAB] = 1;

/** Characters of a request target. The fragment never travels, and what is not ASCII has to be escaped. */
export const TARGET = new Uint8Array(256).fill(1, 33, 127);
mark(TARGET, "#", 0);

/** The value of a hexadecimal digit, 255 for anything else. */
export const HEX = new Uint8Array(256).fill(255);
for (let i = 0; i < 10; i++) HEX[48 + i] = i;
for (let i = 0; i < 6; i++) HEX[65 + i] = HEX[97 + i] = 10 + i;

/** True when the bytes from `start` to `end` are `name`, which is in lower case, in any case. */
export function sameName(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if ((bytes[start + i]! | 32) !== name.charCodeAt(i)) return false;
  return true;
}
