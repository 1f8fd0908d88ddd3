import { type Arguments, parseArguments, withoutArgument } from "../http/query.ts";

/** A request body that holds named values: a form, a JSON object or multipart parts. */
export interface Form {
  /** A text, several texts for a repeated name, anything else that JSON can say, or undefined. */
  get(name: string): unknown;
  /** All values by name. */
  all(): Record<string, unknown>;
  /** The body without the values of that name, everything else as it was where the format allows. */
  without(name: string): Uint8Array;
}

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

const urlencodedForm = (text: string): Form => {
  const fields: Arguments = parseArguments(text);
  return {
    get: (name) => fields.get(name),
    all: () => Object.fromEntries(fields),
    without: (name) => encoder.encode(withoutArgument(text, name)),
  };
};

const jsonForm = (text: string): Form | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields = value as Record<string, unknown>;
  return {
    get: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined),
    all: () => ({ ...fields }),
    without(name) {
      const { [name]: _, ...rest } = fields;
      return encoder.encode(JSON.stringify(rest));
    },
  };
};

// One byte a character: positions in the text are positions in the body.
const asLatin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
};
const fromLatin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** @see RFC 7578, RFC 2046 §5.1 */
const multipartForm = (bytes: Uint8Array, contentType: string): Form | undefined => {
  const found = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) return undefined;
  const sections = asLatin1(bytes).split(`--${boundary}`);
  const nameOf = (section: string): string | undefined => {
    const head = section.slice(0, section.indexOf("\r\n\r\n"));
    const name = /^content-disposition:[^\r\n]*[;\s]name=(?:"([^"\r\n]*)"|([^\s;]+))/im.exec(head);
    return name?.[1] ?? name?.[2];
  };
  const valueOf = (section: string): string => {
    const start = section.indexOf("\r\n\r\n") + 4;
    return utf8.decode(fromLatin1(section.slice(start, section.endsWith("\r\n") ? -2 : undefined)));
  };
  const get = (name: string): unknown => {
    const values = sections.filter((section) => nameOf(section) === name).map(valueOf);
    return values.length > 1 ? values : values[0];
  };
  return {
    get,
    all() {
      const names = new Set(sections.map(nameOf).filter((name) => name !== undefined));
      return Object.fromEntries([...names].map((name) => [name, get(name)]));
    },
    without: (name) =>
      fromLatin1(sections.filter((section) => nameOf(section) !== name).join(`--${boundary}`)),
  };
};

/** Reads a body by its content type; undefined when it is not one of the three or can't be read. */
export const parseForm = (bytes: Uint8Array, contentType: string | undefined): Form | undefined => {
  const type = contentType?.toLowerCase() ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) return urlencodedForm(utf8.decode(bytes));
  if (type.startsWith("application/json")) return jsonForm(utf8.decode(bytes));
  if (type.startsWith("multipart/form-data")) return multipartForm(bytes, contentType!);
  return undefined;
};
