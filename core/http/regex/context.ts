import { perl } from "./charset.ts";
import type { Assertion } from "./syntax.ts";

/** What assertions ask of a neighbouring character, as bits. */
export const isWord = 1;
export const isAsciiWord = 2;
export const isNewline = 4;
export const isReturn = 8;
/** There is no neighbour: the text begins or ends here. */
export const isEdge = 16;

export function contextOf(codePoint: number): number {
  if (codePoint === 10) return isNewline;
  if (codePoint === 13) return isReturn;
  if (codePoint < 128) return perl.ascii.w.has(codePoint) ? isWord | isAsciiWord : 0;
  return perl.unicode.w.has(codePoint) ? isWord : 0;
}

/** Whether an assertion holds between two neighbours. */
export function holds(assertion: Assertion, before: number, after: number): boolean {
  switch (assertion) {
    case "textStart":
      return (before & isEdge) !== 0;
    case "textEnd":
      return (after & isEdge) !== 0;
    case "lineStart":
      return (before & (isEdge | isNewline)) !== 0;
    case "lineEnd":
      return (after & (isEdge | isNewline)) !== 0;
    case "crlfLineStart":
      return (
        (before & (isEdge | isNewline)) !== 0 || ((before & isReturn) !== 0 && (after & isNewline) === 0)
      );
    case "crlfLineEnd":
      return (after & (isEdge | isReturn)) !== 0 || ((after & isNewline) !== 0 && (before & isReturn) === 0);
    case "word":
      return (before & isWord) !== (after & isWord);
    case "notWord":
      return (before & isWord) === (after & isWord);
    case "asciiWord":
      return (before & isAsciiWord) !== (after & isAsciiWord);
    case "notAsciiWord":
      return (before & isAsciiWord) === (after & isAsciiWord);
    case "wordStart":
      return (before & isWord) === 0 && (after & isWord) !== 0;
    case "wordEnd":
      return (before & isWord) !== 0 && (after & isWord) === 0;
    case "wordStartHalf":
      return (before & isWord) === 0;
    default:
      return (after & isWord) === 0;
  }
}
