/**
 * A byte string holds one byte in each code unit (0-255), as listeners read targets and header values from the
 * wire. Configuration is Unicode text; these two convert.
 */

const beyondAscii = /[\u0080-\uffff]/;

/** True when text and its byte string are the same. */
export const isAscii = (text: string): boolean => !beyondAscii.test(text);

/** The UTF-8 encoding of a text as a byte string. A lone surrogate U+DC80-U+DCFF gives back the byte it stands for. */
export function toByteString(text: string): string {
  if (isAscii(text)) return text;
  let bytes = "";
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes += character;
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code >= 0xdc80 && code <= 0xdcff) bytes += String.fromCharCode(code & 0xff);
    else if (code < 0x10000)
      bytes += String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else
      bytes += String.fromCharCode(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
  }
  return bytes;
}

/** Length of the well-formed sequence at `at`, 0 when there is none. @see RFC 3629 §4 */
function sequenceLength(bytes: string, at: number): number {
  const first = bytes.charCodeAt(at);
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if ((bytes.charCodeAt(at + i) & 0xc0) !== 0x80) return 0;
  const second = bytes.charCodeAt(at + 1);
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return length;
}

/** The text of a UTF-8 byte string. A byte that is part of no character becomes the lone surrogate U+DC00 + byte. */
export function fromByteString(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const first = bytes.charCodeAt(at);
    if (first < 0x80 || first > 0xff) {
      text += bytes[at++]!;
      continue;
    }
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + first);
      at++;
      continue;
    }
    let code = first & (0xff >> (length + 1));
    for (let i = 1; i < length; i++) code = (code << 6) | (bytes.charCodeAt(at + i) & 63);
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}

/** The bytes of a byte string. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};
