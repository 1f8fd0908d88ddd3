/** A media type with its parameters, lower-case names. */
interface MediaType {
  readonly type: string;
  readonly subtype: string;
  /** `name=value` in alphabetical order. */
  readonly parameters: string;
}

const parse = (text: string): MediaType | undefined => {
  const [essence = "", ...rest] = text.split(";");
  const [type, subtype, more] = essence.trim().toLowerCase().split("/");
  if (!type || !subtype || more !== undefined) return undefined;
  const parameters = rest
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", value = ""] = part.split("=", 2);
      // Names ignore case, values don't: as Kong compares them.
      return `${name.trim().toLowerCase()}=${value.trim().replace(/^"(.*)"$/, "$1")}`;
    })
    .sort()
    .join(";");
  return { type, subtype, parameters };
};

/** Judges content types: type and subtype may be `*`, parameters have to be the same. */
export const acceptsType = (allowed: readonly string[]): ((contentType: string) => boolean) => {
  const wanted = allowed.flatMap((text) => parse(text) ?? []);
  return (contentType) => {
    const given = parse(contentType);
    if (given === undefined) return false;
    return wanted.some(
      ({ type, subtype, parameters }) =>
        (type === "*" || type === given.type) &&
        (subtype === "*" || subtype === given.subtype) &&
        parameters === given.parameters,
    );
  };
};
