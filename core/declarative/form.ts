import { put } from "../schema/tree.ts";
import type { Values } from "../schema/index.ts";

/** The fields of `application/x-www-form-urlencoded`; of repeated ones the last counts. */
export function readForm(text: string): Values {
  const fields: Values = {};
  for (const [name, value] of new URLSearchParams(text)) put(fields, name, value);
  return fields;
}

/** The fields of `multipart/form-data` as texts, files too; of repeated ones the last counts. @see RFC 7578 §4 */
export function readMultipart(contentType: string, text: string): Values {
  const fields: Values = {};
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return fields;
  const parts = `\r\n${text}`.split(`\r\n--${mark}`);
  for (const part of parts.slice(1)) {
    if (part.startsWith("--")) break;
    const end = part.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const name = /^content-disposition:[^\r\n]*[;\s]name="([^"]*)"/im.exec(part.slice(0, end))?.[1];
    if (name !== undefined) put(fields, name, part.slice(end + 4));
  }
  return fields;
}
