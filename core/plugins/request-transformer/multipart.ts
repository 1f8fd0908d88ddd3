import type { Scope } from "../../pdk/lua/parser.ts";
import type { Steps } from "./steps.ts";

interface Part {
  readonly name: string | undefined;
  /** From behind the delimiter line to the line break before the next one, one byte a character. */
  readonly content: string;
}

const toLatin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
};
const encoder = new TextEncoder();

const boundaryOf = (contentType: string): string | undefined => {
  const found = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
};

const nameOf = (content: string): string | undefined => {
  const head = content.slice(0, content.indexOf("\r\n\r\n"));
  const name = /^content-disposition:[^\r\n]*[;\s]name=(?:"([^"\r\n]*)"|([^\s;]+))/im.exec(head);
  return name?.[1] ?? name?.[2];
};

// A quote or line break would end the name and begin something else.
const quoted = (name: string): string =>
  name.replace(/["\r\n]/g, (char) => (char === '"' ? "%22" : char === "\r" ? "%0D" : "%0A"));

const field = (name: string, value: string): Part => ({
  name,
  content: `Content-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}`,
});

const valueOf = ({ content }: Part): string => content.slice(content.indexOf("\r\n\r\n") + 4);
const asBytes = (text: string): string => toLatin1(encoder.encode(text));

/**
 * Rename, remove, replace, add, in this order, on the fields of a form; Kong appends nothing here.
 *
 * @returns Undefined when nothing changed or the body can't be read.
 * @see RFC 7578
 */
export const transformMultipart = (
  steps: Steps,
  bytes: Uint8Array,
  contentType: string,
  scope: Scope,
): Uint8Array | undefined => {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return undefined;
  const sections = `\r\n${toLatin1(bytes)}`.split(`\r\n--${boundary}`).slice(1, -1);
  const before = sections.map((section): Part => {
    const content = section.slice(section.indexOf("\r\n") + 2);
    return { name: nameOf(content), content };
  });
  let parts = before;
  const find = (name: string): Part | undefined => parts.find((part) => part.name === name);
  const put = (name: string, value: string): void => {
    parts = [...parts.filter((part) => part.name !== name), field(name, value)];
  };
  for (const [from, to] of steps.renamed) {
    const part = find(from);
    if (part === undefined) continue;
    parts = parts.filter(({ name }) => name !== from);
    put(asBytes(to), valueOf(part));
  }
  for (const removed of steps.removed) parts = parts.filter(({ name }) => name !== removed);
  for (const [name, template] of steps.replaced) {
    const value = template(scope);
    if (find(name) !== undefined) put(name, asBytes(value));
  }
  for (const [name, template] of steps.added) {
    const value = template(scope);
    if (find(name) === undefined) put(name, asBytes(value));
  }
  const isSame = parts.length === before.length && parts.every((part, i) => part === before[i]);
  if (isSame) return undefined;
  const text = `${parts.map(({ content }) => `--${boundary}\r\n${content}\r\n`).join("")}--${boundary}--\r\n`;
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
};
