import type { Pair } from "./nest.ts";

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** The parts of `multipart/form-data`: files as texts, those of type JSON read; of repeated names the last counts. @see RFC 7578 §4 */
export const parts = (contentType: string, text: string): Pair[] => {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return [];
  const found = new Map<string, unknown>();
  for (const part of `\r\n${text}`.split(`\r\n--${mark}`).slice(1)) {
    if (part.startsWith("--")) break;
    const end = part.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const head = part.slice(0, end);
    const name = /^content-disposition:[^\r\n]*[;\s]name="([^"]*)"/im.exec(head)?.[1];
    const value = part.slice(end + 4);
    if (name !== undefined)
      found.set(name, /^content-type:\s*application\/json/im.test(head) ? parsed(value) : value);
  }
  return [...found];
};
