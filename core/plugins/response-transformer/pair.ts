/** `name:value`, as the schema checked it: colons right after the name are not part of the value. */
export const parsePair = (text: string): [name: string, value: string] => {
  const found = /^([^:]+):*([^]*)$/.exec(text)!;
  return [found[1]!, found[2]!];
};
