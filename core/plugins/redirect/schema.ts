import { boolean, httpProtocols, integer, record, url } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    status_code: integer({
      required: true,
      default: 301,
      between: [100, 599],
      doc: "The status of the answer.",
    }),
    location: url({ required: true, doc: "Where clients are sent." }),
    keep_incoming_path: boolean({
      default: false,
      doc: "Send them to the path and query that they asked for, at the place of `location`.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "redirect",
  priority: 779,
  config,
  protocols: httpProtocols,
} satisfies PluginDeclaration;
