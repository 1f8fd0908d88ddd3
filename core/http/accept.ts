/** The forms in which an error is told. */
export type ErrorFormat = "json" | "html" | "xml" | "plain" | "grpc";

// Kong compares media types case-sensitively and knows only these (measured on 3.9.1): text/xml is unknown.
const formats: Readonly<Record<string, ErrorFormat>> = {
  "*/*": "json",
  "application/*": "json",
  "application/json": "json",
  "text/html": "html",
  "text/*": "plain",
  "text/plain": "plain",
  "application/xml": "xml",
  "application/grpc": "grpc",
};

export const formatOfMediaType = (mediaType: string): ErrorFormat | undefined =>
  Object.hasOwn(formats, mediaType) ? formats[mediaType] : undefined;

/**
 * The form that an Accept field asks for: the highest quality wins, the first on ties.
 *
 * @returns undefined when it names nothing that the gateway can produce.
 * @see RFC 9110 §12.5.1
 */
export const negotiate = (accept: string): ErrorFormat | undefined => {
  let best: ErrorFormat | undefined;
  let bestQuality = 0;
  for (const item of accept.split(",")) {
    const [type = "", ...parameters] = item.split(";");
    const format = formatOfMediaType(type.trim());
    if (format === undefined) continue;
    let quality = 1;
    for (const parameter of parameters) {
      const match = /^\s*q=([01](?:\.\d*)?)\s*$/.exec(parameter);
      if (match) quality = Number(match[1]);
    }
    if (quality > bestQuality) {
      best = format;
      bestQuality = quality;
    }
  }
  return best;
};
