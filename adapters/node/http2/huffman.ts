/** Bits of the code of each byte, and of the end mark, as digits to the base 36. @see RFC 7541 appendix B */
const bitLengths =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca" +
  "d67777777777777777777777878djde6f56565666577666567655677777fbeds" +
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn" +
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq" +
  "u";

const END = 256;

/** The codes are canonical: in the order of their lengths, then of their symbols. */
function makeCodes(): { readonly codes: Uint32Array; readonly lengths: Uint8Array } {
  const lengths = Uint8Array.from(bitLengths, (digit) => parseInt(digit, 36));
  const codes = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 30; length++) {
    code = (code << 1) >>> 0;
    for (let symbol = 0; symbol < lengths.length; symbol++)
      if (lengths[symbol] === length) codes[symbol] = code++;
  }
  return { codes, lengths };
}

const { codes, lengths } = makeCodes();

/** What half a byte does in a state: the next state, a byte that came out, and whether the text may end there. */
const STATE = 0xff;
const SYMBOL_SHIFT = 8;
const EMITS = 1 << 16;
const MAY_END = 1 << 17;
const FAILS = 1 << 18;

/** The inner nodes of the code's tree, each with its two children: a node, or -1 - symbol. */
function makeTree(): number[][] {
  const nodes: number[][] = [[0, 0]];
  for (let symbol = 0; symbol <= END; symbol++) {
    let node = nodes[0]!;
    for (let bit = lengths[symbol]! - 1; bit > 0; bit--) {
      const side = (codes[symbol]! >>> bit) & 1;
      if (node[side] === 0) node[side] = nodes.push([0, 0]) - 1;
      node = nodes[node[side]!]!;
    }
    node[codes[symbol]! & 1] = -1 - symbol;
  }
  return nodes;
}

/** Half a byte at a time, no code being shorter than five bits: a step is one look-up. */
function makeSteps(): Int32Array {
  const nodes = makeTree();
  // Where only ones were read since the last symbol, seven at most, padding may end the text.
  const mayEnd = new Set<number>();
  for (let node = 0, ones = 0; ones <= 7; ones++) {
    mayEnd.add(node);
    node = nodes[node]![1]!;
  }
  const steps = new Int32Array(nodes.length * 16);
  for (let state = 0; state < nodes.length; state++)
    for (let half = 0; half < 16; half++) {
      let node = state;
      let step = 0;
      for (let bit = 3; bit >= 0; bit--) {
        const next = nodes[node]![(half >>> bit) & 1]!;
        if (next < 0) {
          const symbol = -1 - next;
          step |= symbol === END ? FAILS : EMITS | (symbol << SYMBOL_SHIFT);
        }
        node = Math.max(next, 0);
      }
      steps[state * 16 + half] = step | node | (mayEnd.has(node) ? MAY_END : 0);
    }
  return steps;
}

let steps: Int32Array | undefined;
let scratch = Buffer.allocUnsafeSlow(4_096);

/** @returns The text as single-byte characters; undefined for what is no such code. */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number): string | undefined {
  steps ??= makeSteps();
  const room = Math.ceil(((to - from) * 8) / 5);
  if (room > scratch.length) scratch = Buffer.allocUnsafeSlow(room * 2);
  let at = 0;
  let step = MAY_END;
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    step = steps[(step & STATE) * 16 + (byte >>> 4)]!;
    if ((step & EMITS) !== 0) scratch[at++] = (step >>> SYMBOL_SHIFT) & 0xff;
    if ((step & FAILS) !== 0) return undefined;
    step = steps[(step & STATE) * 16 + (byte & 15)]!;
    if ((step & EMITS) !== 0) scratch[at++] = (step >>> SYMBOL_SHIFT) & 0xff;
    if ((step & FAILS) !== 0) return undefined;
  }
  return (step & MAY_END) === 0 ? undefined : scratch.toString("latin1", 0, at);
}

/** Bytes that a text of single-byte characters takes as a code. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += lengths[text.charCodeAt(i)]!;
  return (bits + 7) >>> 3;
}

/** The code of a text of single-byte characters, as such characters. */
export function encodeHuffman(text: string): string {
  let coded = "";
  /** Up to 7 bits that are left of the codes before, and 30 of this one: more than an integer of 32 bits holds. */
  let held = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i);
    held = held * 2 ** lengths[symbol]! + codes[symbol]!;
    bits += lengths[symbol]!;
    for (; bits >= 8; bits -= 8) {
      const unit = 2 ** (bits - 8);
      const byte = Math.floor(held / unit);
      coded += String.fromCharCode(byte);
      held -= byte * unit;
    }
  }
  if (bits === 0) return coded;
  return coded + String.fromCharCode(((held << (8 - bits)) | (0xff >>> bits)) & 0xff);
}
