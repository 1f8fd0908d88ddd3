import { httpProtocols, integer, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    secret_v1: string({
      required: true,
      encrypted: true,
      referenceable: true,
      doc: "The secret that webhooks are signed with.",
    }),
    tolerance_second: integer({
      required: true,
      default: 300,
      gt: -1,
      doc: "Seconds that a webhook may be old.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "standard-webhooks",
  priority: 760,
  config,
  protocols: httpProtocols,
  noConsumer: true,
} satisfies PluginDeclaration;
