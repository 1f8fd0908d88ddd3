/** Bytes that tell themselves as text: a Buffer of Node is some. */
export interface Octets extends Uint8Array {
  /** The bytes from `start` to `end`, each as the character of its number. */
  toString(encoding?: "latin1", start?: number, end?: number): string;
}

/** Characters that one call makes: it takes each as an argument. */
const pieceLength = 8_192;

/** The same where there is no Buffer. */
export class PlainOctets extends Uint8Array implements Octets {
  override toString(_?: "latin1", start = 0, end = this.length): string {
    let text = "";
    for (let at = start; at < end; at += pieceLength)
      text += String.fromCharCode(...this.subarray(at, Math.min(end, at + pieceLength)));
    return text;
  }
}

/** A copy of both, one after the other. */
export const joined = (first: Uint8Array, second: Uint8Array): Octets => {
  const all = new PlainOctets(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
};
