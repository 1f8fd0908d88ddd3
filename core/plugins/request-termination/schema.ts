import { boolean, headerName, httpProtocols, integer, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    status_code: integer({
      required: true,
      default: 503,
      between: [100, 599],
      doc: "The status of the answer.",
    }),
    message: string({ doc: "The message of a JSON answer. Not together with `content_type` or `body`." }),
    content_type: string({ doc: "The Content-Type of `body`." }),
    body: string({ doc: "The body as it is sent. Not together with `message`." }),
    echo: boolean({
      required: true,
      default: false,
      doc: "Answer with what is known about the request, for debugging.",
    }),
    trigger: headerName({
      doc: "Answer only requests that carry a header or query parameter of this name.",
    }),
  },
  {
    required: true,
    check({ message, content_type, body, echo }) {
      const hasBody = body !== null || content_type !== null;
      if (message !== null && hasBody) return "message cannot be used with content_type or body";
      if (content_type !== null && body === null) return "content_type requires a body";
      if (echo && hasBody) return "echo cannot be used with content_type and body";
      return undefined;
    },
  },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "request-termination",
  priority: 2,
  config,
  protocols: httpProtocols,
} satisfies PluginDeclaration;
