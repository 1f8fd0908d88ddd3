/** `name:value`: colons right after the name are not part of the value. */
export const parsePair = (text: string): [name: string, value: string] => {
  const found = /^([^:]+):*([^]*)$/.exec(text);
  return found === null ? [text, ""] : [found[1]!, found[2]!];
};
