const special = /[",+;<=>\\]/g;

/** A value in a distinguished name: what a client sends must not become a part of the name's form. @see RFC 4514 §2.4 */
export const escapeDn = (value: string): string =>
  value
    .replace(special, (character) => `\\${character}`)
    .replaceAll("\0", "\\00")
    .replace(/^[ #]/, (character) => `\\${character}`)
    .replace(/ $/, "\\ ");
