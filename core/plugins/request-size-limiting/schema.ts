import { boolean, httpProtocols, integer, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    allowed_payload_size: integer({ default: 128, doc: "The largest body that passes, in `size_unit`." }),
    size_unit: string({
      required: true,
      default: "megabytes",
      one_of: ["megabytes", "kilobytes", "bytes"],
      doc: "The unit of `allowed_payload_size`: 2^20, 2^10 or 1 byte.",
    }),
    require_content_length: boolean({
      required: true,
      default: false,
      doc: "Refuse requests that neither tell the length of their body nor send it chunked.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "request-size-limiting",
  priority: 951,
  config,
  protocols: httpProtocols,
} satisfies PluginDeclaration;
