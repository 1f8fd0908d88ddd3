const encoder = new TextEncoder();

/** The UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD. */
export const utf8Bytes = (text: string): Uint8Array => encoder.encode(text);

/** What a hash reads: the first `length` of `bytes`. */
export interface NamedBytes {
  bytes: Uint8Array;
  length: number;
}

const maxShortName = 240;
const shared: NamedBytes = { bytes: new Uint8Array(16 + maxShortName), length: 0 };

/**
 * The bytes of a namespace and of a name in it, one after the other, valid until the next call. A short ASCII name is
 * copied into one buffer for all, 40 ns; the encoder takes 300.
 *
 * @see RFC 9562 §6.5
 */
export function namedBytes(namespace: Uint8Array, name: string): NamedBytes {
  if (name.length > maxShortName) return encoded(namespace, name);
  const { bytes } = shared;
  for (let i = 0; i < 16; i++) bytes[i] = namespace[i]!;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 127) return encoded(namespace, name);
    bytes[16 + i] = code;
  }
  shared.length = 16 + name.length;
  return shared;
}

function encoded(namespace: Uint8Array, name: string): NamedBytes {
  const text = utf8Bytes(name);
  const bytes = new Uint8Array(16 + text.length);
  bytes.set(namespace);
  bytes.set(text, 16);
  return { bytes, length: bytes.length };
}
