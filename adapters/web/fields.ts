/** Fields as core reads them; Set-Cookie lines stay apart, others were joined by the platform. */
export const flatHeaders = (headers: Headers): string[] => {
  const flat: string[] = [];
  for (const [name, value] of headers) flat.push(name, value);
  return flat;
};

/** The value of a field; undefined without one. @param flat With names in lower case, as the platform has them. */
export const fieldOf = (flat: readonly string[], name: string): string | undefined => {
  for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return flat[i + 1];
  return undefined;
};

/** Bytes that Content-Length tells. */
export const lengthOf = (flat: readonly string[]): number | undefined => {
  const length = fieldOf(flat, "content-length");
  return length === undefined ? undefined : Number(length);
};
