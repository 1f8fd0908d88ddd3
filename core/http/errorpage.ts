import type { ErrorFormat } from "./accept.ts";

const contentTypes: Readonly<Record<ErrorFormat, string>> = {
  json: "application/json; charset=utf-8",
  html: "text/html; charset=utf-8",
  xml: "application/xml; charset=utf-8",
  plain: "text/plain; charset=utf-8",
  grpc: "",
};

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeMarkup = (text: string): string => text.replace(/[&<>"]/g, (c) => entities[c]!);

/** Layouts of the operator's own. The first `%s` stands for the message, the second for the request id, `%%` for `%`. */
export type ErrorTemplates = Readonly<Partial<Record<ErrorFormat, string>>>;

const escapes: Readonly<Record<ErrorFormat, (text: string) => string>> = {
  json: (text) => JSON.stringify(text).slice(1, -1),
  html: escapeMarkup,
  xml: escapeMarkup,
  plain: (text) => text,
  grpc: (text) => text,
};

const fillTemplate = (template: string, values: readonly string[]): string => {
  let at = 0;
  return template.replace(/%[s%]/g, (place) => (place === "%%" ? "%" : (values[at++] ?? "")));
};

/** An error told in the client's format, with Kong's layout or the operator's; the message is escaped for the format. */
export const renderError = (
  format: ErrorFormat,
  message: string,
  requestId: string,
  templates: ErrorTemplates = {},
): { contentType: string; body: string } => {
  const contentType = contentTypes[format];
  const template = templates[format];
  if (template !== undefined)
    return { contentType, body: fillTemplate(template, [escapes[format](message), requestId]) };
  switch (format) {
    case "json":
      return {
        contentType,
        body: `{\n  "message":${JSON.stringify(message)},\n  "request_id":"${requestId}"\n}`,
      };
    case "html":
      return {
        contentType,
        body:
          `<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n` +
          `  <body>\n    <h1>Error</h1>\n    <p>${escapeMarkup(message)}.</p>\n` +
          `    <p>request_id: ${requestId}</p>\n  </body>\n</html>\n`,
      };
    case "xml":
      return {
        contentType,
        body:
          `<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>${escapeMarkup(message)}</message>\n` +
          `  <requestid>${requestId}</requestid>\n</error>\n`,
      };
    case "plain":
      return { contentType, body: `${message}\nrequest_id: ${requestId}\n` };
    case "grpc":
      return { contentType, body: "" };
  }
};

const pageTitles: Readonly<Record<number, string>> = {
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  401: "Authorization Required",
  402: "Payment Required",
  403: "Forbidden",
  406: "Not Acceptable",
  409: "Conflict",
  410: "Gone",
  415: "Unsupported Media Type",
  416: "Requested Range Not Satisfiable",
  421: "Misdirected Request",
  429: "Too Many Requests",
  501: "Not Implemented",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
};

/** The statuses whose bare form becomes a negotiated error. */
const negotiatedStatuses = new Set([400, 404, 405, 408, 411, 412, 413, 414, 417, 494, 500, 502, 503, 504]);

/**
 * What stands in for the body of a response that has a status alone, as clients of Kong see it: an HTML page,
 * a negotiated error, or nothing.
 */
export const bareStatus = (status: number): { page: string } | "negotiated" | undefined => {
  if (negotiatedStatuses.has(status)) return "negotiated";
  const title = pageTitles[status];
  if (title === undefined) return undefined;
  const text = `${status} ${title}`;
  return {
    page:
      `<html>\r\n<head><title>${text}</title></head>\r\n<body>\r\n` +
      `<center><h1>${text}</h1></center>\r\n</body>\r\n</html>\r\n`,
  };
};
