// The types that nginx's `charset UTF-8` applies to; JSON, CSS and CSV are not among them (measured on 3.9.1).
const typesWithCharset = new Set([
  "text/html",
  "text/plain",
  "text/xml",
  "text/vnd.wap.wml",
  "application/javascript",
  "application/rss+xml",
]);

/** Adds `; charset=UTF-8` where Kong does; undefined when the content type stays as it is. */
export const withCharset = (contentType: string): string | undefined =>
  typesWithCharset.has(contentType) ? `${contentType}; charset=UTF-8` : undefined;
